import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { FOLD_VERSION } from '../../protocol/text/fold.ts'
import { OldSearchIndex } from './old-search-index.ts'
import { readRow } from './row.ts'
import { matchExpression, type SearchQuery } from './search-query.ts'
import { indexedText } from './search-words.ts'

const Hit = z.object({ place: z.number() })
const State = z.object({ folding: z.number(), below: z.number() })
const Newest = z.object({ place: z.number().nullable() })
const Unindexed = z.object({ place: z.number(), body: z.string() })

/** Bodies indexed after which the index is given a step of merging. */
const BODIES_A_MERGE = 100
/** What one step of filling takes at most: messages, and UTF-16 code units of their bodies [S6]. */
const MESSAGES_A_STEP = 100
const TEXT_A_STEP = 64 * 1024

/** Places from `from` on and below `below`. */
export interface Places {
  readonly from: number
  readonly below: number
}

/**
 * The full-text index over bodies, by the places of their messages. It keeps the folded words itself, so that taking a
 * body out never depends on folding it again as an older program did; and then no trace of them is left
 * (`secure-delete`).
 *
 * A program that folds otherwise than the one before fills it anew, from the newest message down: `filledFrom` tells how
 * far that has come, and who searches looks at the older messages themselves. Filling and merging (`step`) are done
 * between transactions, never inside one that the user waits for [S6].
 */
export class SearchIndex {
  readonly #db: Database
  readonly #old: OldSearchIndex
  readonly #add: Statement<[number, string]>
  readonly #refill: Statement<[number, string]>
  readonly #remove: Statement<[number]>
  readonly #find: Statement<[string, number, number, number]>
  readonly #unindexed: Statement<[number]>
  readonly #setBelow: Statement<[number]>
  #changes = 0
  #filledFrom = 0

  constructor(db: Database) {
    this.#db = db
    this.#old = new OldSearchIndex(db)
    this.#add = db.prepare('INSERT INTO message_words (rowid, words) VALUES (?, ?)')
    this.#refill = db.prepare('INSERT OR REPLACE INTO message_words (rowid, words) VALUES (?, ?)')
    this.#remove = db.prepare('DELETE FROM message_words WHERE rowid = ?')
    this.#find = db.prepare(`
      SELECT rowid AS place FROM message_words
      WHERE message_words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`)
    this.#unindexed = db.prepare(`
      SELECT place, body FROM messages WHERE place < ? AND body IS NOT NULL
      ORDER BY place DESC LIMIT ${MESSAGES_A_STEP}`)
    this.#setBelow = db.prepare('UPDATE search_state SET below = ?')
    this.#begin()
  }

  /** From this place on everything is in the index; 0: all. */
  get filledFrom(): number {
    return this.#filledFrom
  }

  /** Reads anew what is known in memory: it is not rolled back with a transaction. */
  reload(): void {
    this.#filledFrom = this.#state().below
  }

  /** Makes the index hold `after` instead of `before`; null is no body. */
  replace(place: number, before: string | null, after: string | null): void {
    if (before === after) return
    this.#changes += 1
    if (before !== null) this.#remove.run(place)
    // What is below is added when the filling comes to it.
    if (after !== null && place >= this.#filledFrom) this.#add.run(place, indexedText(after))
  }

  /** Places of the newest messages that match. */
  find(query: SearchQuery, { from, below }: Places, limit: number): number[] {
    const rows = this.#find.all(matchExpression(query), from, below, limit)
    return rows.map((raw) => readRow(Hit, raw).place)
  }

  /** Whether `step` has something to do. */
  needsStep(): boolean {
    return this.#changes >= BODIES_A_MERGE || this.#old.exists || this.#filledFrom > 0
  }

  /** One small step of merging (about 16 pages), of taking the old index away, or of filling, in a transaction. */
  step(): void {
    if (this.#changes >= BODIES_A_MERGE) this.#merge()
    else if (this.#old.exists) this.#old.sweep()
    else this.#fill()
  }

  #merge(): void {
    this.#changes = 0
    this.#db.exec("INSERT INTO message_words (message_words, rank) VALUES ('merge', 16)")
  }

  #fill(): void {
    const below = this.#filledFrom
    const rows = this.#unindexed.all(below).map((raw) => readRow(Unindexed, raw))
    let room = TEXT_A_STEP
    let next = 0
    for (const { place, body } of rows) {
      if (room <= 0) break
      room -= body.length
      this.#refill.run(place, indexedText(body))
      this.#changes += 1
      next = place
    }
    const isDone = rows.length < MESSAGES_A_STEP && next === (rows.at(-1)?.place ?? 0)
    this.#setBelow.run(isDone ? 0 : next)
    this.reload()
  }

  /** Begins anew when what is indexed was folded by other rules. */
  #begin(): void {
    const { folding, below } = this.#state()
    this.#filledFrom = below
    if (folding === FOLD_VERSION) return
    const { place } = readRow(
      Newest,
      this.#db.prepare('SELECT max(place) AS place FROM messages').get(),
    )
    this.#db
      .prepare('UPDATE search_state SET folding = ?, below = ?')
      .run(FOLD_VERSION, place === null ? 0 : place + 1)
    this.reload()
  }

  #state(): z.infer<typeof State> {
    return readRow(State, this.#db.prepare('SELECT folding, below FROM search_state').get())
  }
}
