import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { StreamId } from '../../protocol/model/primitives.ts'
import { readRow } from './row.ts'

/**
 * Something that came and could not be read, or is not on disk as it should be. `kind`: an event of a stream, a message
 * of a page of history, a row of a table, a push, or the reply to a request.
 */
export const Kept = z.object({
  kind: z.enum(['event', 'message', 'row', 'push', 'reply']),
  /** The stream or conversation that it belongs to; empty for none. */
  stream: z.string(),
  /** Its place in that stream; 0 for none. */
  seq: z.int().min(0),
  /** Type of an event, name of a push, op of a reply; id of a message or row. */
  name: z.string(),
  reason: z.enum(['unknown_type', 'misfit', 'threw', 'waits']),
  /** As it came: JSON. */
  raw: z.string(),
})
export type Kept = z.infer<typeof Kept>

/** What tells one kept thing from another. */
export type KeptPlace = Pick<Kept, 'kind' | 'stream' | 'seq' | 'name'>

/** Pushes and replies that are kept at most: they come again, and nothing of the user's is in them. */
const MAX_PASSING = 200

const Count = z.object({ stream: z.string(), unread: z.int(), events: z.int() })

/** How much of a stream is kept. */
export interface KeptCount {
  /** What could not be read; what only a newer version knows is not counted. */
  readonly unread: number
  /** Events that were not applied. */
  readonly events: number
}
const Reason = Kept.pick({ reason: true })
const COLUMNS = 'kind, stream, seq, name, reason, raw'

/** What could not be read, for the version that can. */
export class KeptTable {
  readonly #put: Statement<[string, string, number, string, string, string, number]>
  readonly #trim: Statement<[number]>
  readonly #reason: Statement<[string, string, number, string]>
  readonly #remove: Statement<[string, string, number, string]>
  readonly #removeAll: Statement<[string]>
  readonly #counts: Statement<[]>
  readonly #of: Statement<[string, number, string, number]>
  readonly #thrown: Statement<[]>

  constructor(db: Database) {
    this.#put = db.prepare(`
      INSERT INTO kept (${COLUMNS}, at) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (stream, kind, seq, name) DO UPDATE SET
        reason = excluded.reason, raw = excluded.raw, at = excluded.at`)
    this.#trim = db.prepare(`
      DELETE FROM kept WHERE kind IN ('push', 'reply') AND id NOT IN (
        SELECT id FROM kept WHERE kind IN ('push', 'reply') ORDER BY id DESC LIMIT ?)`)
    this.#reason = db.prepare(
      'SELECT reason FROM kept WHERE kind = ? AND stream = ? AND seq = ? AND name = ?',
    )
    this.#remove = db.prepare(
      'DELETE FROM kept WHERE kind = ? AND stream = ? AND seq = ? AND name = ?',
    )
    this.#removeAll = db.prepare('DELETE FROM kept WHERE stream = ?')
    this.#counts = db.prepare(`
      SELECT stream, sum(reason IN ('misfit', 'threw')) AS unread, sum(kind = 'event') AS events
      FROM kept GROUP BY stream`)
    this.#of = db.prepare(`
      SELECT ${COLUMNS} FROM kept WHERE kind IN ('event', 'message') AND
        (stream, seq, name) > (?, ?, ?)
      ORDER BY stream, seq, name LIMIT ?`)
    this.#thrown = db.prepare(`SELECT ${COLUMNS} FROM kept WHERE reason = 'threw'`)
  }

  /** Why something is kept there; null: nothing is. */
  reason({ kind, stream, seq, name }: KeptPlace): Kept['reason'] | null {
    const raw = this.#reason.get(kind, stream, seq, name)
    return raw === undefined ? null : readRow(Reason, raw).reason
  }

  /** Keeps it, in place of what is kept there. `at`: ms since the epoch. */
  put({ kind, stream, seq, name, reason, raw }: Kept, at: number): void {
    this.#put.run(kind, stream, seq, name, reason, raw, at)
    if (kind === 'push' || kind === 'reply') this.#trim.run(MAX_PASSING)
  }

  remove({ kind, stream, seq, name }: KeptPlace): void {
    this.#remove.run(kind, stream, seq, name)
  }

  /** The seqs of a stream will be given again. */
  forget(stream: StreamId): void {
    this.#removeAll.run(stream)
  }

  /** How much of each stream is kept. */
  counts(): Map<StreamId, KeptCount> {
    const rows = this.#counts.all().map((raw) => readRow(Count, raw))
    return new Map(rows.map(({ stream, unread, events }) => [stream, { unread, events }]))
  }

  /** What made something fail. */
  thrown(): Kept[] {
    return this.#thrown.all().flatMap((raw) => decode(raw))
  }

  /** Up to `limit` events and messages behind this one, by stream and seq; null: from the first. */
  after(last: Kept | null, limit: number): Kept[] {
    const { stream, seq, name } = last ?? { stream: '', seq: -1, name: '' }
    return this.#of.all(stream, seq, name, limit).flatMap((raw) => decode(raw))
  }
}

/** A row that is not itself readable stays where it is. */
function decode(raw: unknown): Kept[] {
  const row = Kept.safeParse(raw)
  return row.success ? [row.data] : []
}
