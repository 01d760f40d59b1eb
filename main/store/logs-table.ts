import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Id, Seq } from '../../protocol/model/primitives.ts'
import { readRow } from './row.ts'
import type { SearchIndex } from './search-index.ts'

const Row = z.object({
  id: z.int(),
  conversation: z.string().nullable(),
  fetched_from: z.int().nullable(),
})
const Victim = z.object({ place: z.number(), body: z.string().nullable() })

/** Messages of replaced logs that one sweep deletes at most. */
const SWEEP_SIZE = 100

/**
 * The present log of each conversation, and how far back it was fetched. Replaced logs have no conversation any more;
 * `sweep` deletes their messages in small steps.
 */
export class LogsTable {
  readonly #search: SearchIndex
  readonly #present = new Map<Id, { id: number; fetchedFrom: Seq | null }>()
  readonly #replaced = new Set<number>()
  readonly #all: Statement<[]>
  readonly #insert: Statement<[string]>
  readonly #replace: Statement<[number]>
  readonly #setFetched: Statement<[number, number]>
  readonly #victims: Statement<[number, number]>
  readonly #deleteMessage: Statement<[number]>
  readonly #deleteLog: Statement<[number]>

  constructor(db: Database, search: SearchIndex) {
    this.#search = search
    this.#insert = db.prepare('INSERT INTO logs (conversation) VALUES (?)')
    this.#replace = db.prepare('UPDATE logs SET conversation = NULL WHERE id = ?')
    this.#setFetched = db.prepare('UPDATE logs SET fetched_from = ? WHERE id = ?')
    this.#victims = db.prepare('SELECT place, body FROM messages WHERE log = ? LIMIT ?')
    this.#deleteMessage = db.prepare('DELETE FROM messages WHERE place = ?')
    this.#deleteLog = db.prepare('DELETE FROM logs WHERE id = ?')
    this.#all = db.prepare('SELECT id, conversation, fetched_from FROM logs')
    this.reload()
  }

  /** Reads the rows anew: what is known in memory is not rolled back with a transaction. */
  reload(): void {
    this.#present.clear()
    this.#replaced.clear()
    for (const raw of this.#all.all()) {
      const { id, conversation, fetched_from: fetchedFrom } = readRow(Row, raw)
      if (conversation === null) this.#replaced.add(id)
      else this.#present.set(conversation, { id, fetchedFrom })
    }
  }

  /** Number of a conversation's log; null when it has none. */
  find(conversation: Id): number | null {
    return this.#present.get(conversation)?.id ?? null
  }

  /** Number of a conversation's log, made when it has none. */
  ensure(conversation: Id): number {
    const known = this.find(conversation)
    if (known !== null) return known
    const id = Number(this.#insert.run(conversation).lastInsertRowid)
    this.#present.set(conversation, { id, fetchedFrom: null })
    return id
  }

  /** Forgets the messages of a conversation, at once. */
  replace(conversation: Id): void {
    const log = this.find(conversation)
    if (log === null) return
    this.#replace.run(log)
    this.#present.delete(conversation)
    this.#replaced.add(log)
  }

  /** Every message from this seq to the stream's floor was fetched as history; null: none was. */
  fetchedFrom(conversation: Id): Seq | null {
    return this.#present.get(conversation)?.fetchedFrom ?? null
  }

  setFetchedFrom(conversation: Id, seq: Seq): void {
    const id = this.ensure(conversation)
    this.#setFetched.run(seq, id)
    this.#present.set(conversation, { id, fetchedFrom: seq })
  }

  /** Whether `sweep` has something to do. */
  hasReplaced(): boolean {
    return this.#replaced.size > 0
  }

  /** Deletes some messages of replaced logs. */
  sweep(): void {
    for (const log of this.#replaced) {
      const victims = this.#victims.all(log, SWEEP_SIZE).map((raw) => readRow(Victim, raw))
      for (const { place, body } of victims) {
        this.#search.replace(place, body, null)
        this.#deleteMessage.run(place)
      }
      if (victims.length < SWEEP_SIZE) {
        this.#deleteLog.run(log)
        this.#replaced.delete(log)
      }
      return
    }
  }
}
