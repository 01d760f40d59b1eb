import type Database from 'better-sqlite3'
import type { StreamId } from '../../../protocol/model/primitives.ts'

/** Numbers of streams that are remembered; then all are asked for anew. */
const MAX_REMEMBERED = 10_000

/**
 * The small numbers that rows of this schema name streams by. Once committed, a number is the same for ever, so it is
 * remembered; what a transaction that was undone had made must be forgotten, as its number goes to another stream.
 */
export class StreamNumbers {
  readonly #find: Database.Statement<[StreamId], number>
  readonly #known = new Map<StreamId, number>()

  constructor(db: Database.Database) {
    this.#find = db.prepare<[StreamId], number>('SELECT n FROM streams WHERE id = ?').pluck()
  }

  /** @throws when there is no such stream. */
  of(stream: StreamId): number {
    const remembered = this.#known.get(stream)
    if (remembered !== undefined) return remembered
    const n = this.#find.get(stream)
    if (n === undefined) throw new Error('there is no such stream')
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    this.#known.set(stream, n)
    return n
  }

  /** To be called whenever something was undone. */
  forget(): void {
    this.#known.clear()
  }
}
