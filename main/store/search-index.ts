import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { readRow } from './row.ts'
import { indexedText, matchExpression, type SearchQuery } from './search-text.ts'

const Hit = z.object({ place: z.number() })

/**
 * The full-text index over bodies, by the places of their messages. It keeps the folded words itself, so that taking a
 * body out never depends on folding it again as an older program did; and then no trace of them is left
 * (`secure-delete`).
 *
 * Segments are merged by `merge`, in small steps between transactions, never inside one that the user waits for [S6].
 */
export class SearchIndex {
  readonly #db: Database
  readonly #add: Statement<[number, string]>
  readonly #remove: Statement<[number]>
  readonly #find: Statement<[string, number, number]>
  #changes = 0

  constructor(db: Database) {
    this.#db = db
    this.#add = db.prepare('INSERT INTO message_search (rowid, words) VALUES (?, ?)')
    this.#remove = db.prepare('DELETE FROM message_search WHERE rowid = ?')
    this.#find = db.prepare(`
      SELECT rowid AS place FROM message_search WHERE message_search MATCH ?
      ORDER BY rowid DESC LIMIT ? OFFSET ?`)
  }

  /** Bodies that were put in or taken out since the last merge. */
  get changes(): number {
    return this.#changes
  }

  /** Makes the index hold `after` instead of `before`; null is no body. */
  replace(place: number, before: string | null, after: string | null): void {
    if (before === after) return
    this.#changes += 1
    if (before !== null) this.#remove.run(place)
    if (after !== null) this.#add.run(place, indexedText(after))
  }

  /** Places of the newest messages that match, `skip` of them left out. */
  find(query: SearchQuery, limit: number, skip: number): number[] {
    if (query.length === 0) return []
    return this.#find.all(matchExpression(query), limit, skip).map((raw) => readRow(Hit, raw).place)
  }

  /** One small step of merging (about 16 pages); does nothing when there is nothing to merge. */
  merge(): void {
    this.#changes = 0
    this.#db.exec("INSERT INTO message_search (message_search, rank) VALUES ('merge', 16)")
  }
}
