import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { Cursor, type Id } from '../../protocol/model/primitives.ts'
import { Receipt } from '../../protocol/model/receipt.ts'
import { NO_STANDING, type Standing } from '../sync/receipts.ts'

const StandingRow = z.object({ delivered: Cursor, read: Cursor })

/** How far members have come, and how far the user's messages stand by that. */
export class ReceiptsTable {
  readonly #all: Statement<[string]>
  readonly #put: Statement<[string, string, number, number, number]>
  readonly #removeAll: Statement<[string]>
  readonly #standing: Statement<[string]>
  readonly #putStanding: Statement<[string, number, number]>
  readonly #removeStanding: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare(
      'SELECT user, joined, delivered, read FROM receipts WHERE conversation = ?',
    )
    this.#put = db.prepare(`
      INSERT INTO receipts (conversation, user, joined, delivered, read) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (conversation, user) DO UPDATE SET
        joined = excluded.joined, delivered = excluded.delivered, read = excluded.read`)
    this.#removeAll = db.prepare('DELETE FROM receipts WHERE conversation = ?')
    this.#standing = db.prepare('SELECT delivered, read FROM standings WHERE conversation = ?')
    this.#putStanding = db.prepare(`
      INSERT INTO standings (conversation, delivered, read) VALUES (?, ?, ?)
      ON CONFLICT (conversation) DO UPDATE SET
        delivered = max(delivered, excluded.delivered), read = max(read, excluded.read)`)
    this.#removeStanding = db.prepare('DELETE FROM standings WHERE conversation = ?')
  }

  /** Those that cannot be read are left out: the server is asked for them again. */
  of(conversation: Id): Receipt[] {
    return this.#all.all(conversation).flatMap((raw) => {
      const row = Receipt.safeParse(raw)
      return row.success ? [row.data] : []
    })
  }

  put(conversation: Id, { user, joined, delivered, read }: Receipt): void {
    this.#put.run(conversation, user, joined, delivered, read)
  }

  standing(conversation: Id): Standing {
    const row = StandingRow.safeParse(this.#standing.get(conversation))
    return row.success ? row.data : NO_STANDING
  }

  /** It only grows. */
  putStanding(conversation: Id, { delivered, read }: Standing): void {
    this.#putStanding.run(conversation, delivered, read)
  }

  /** The seqs mean other messages now. */
  forget(conversation: Id): void {
    this.#removeAll.run(conversation)
    this.#removeStanding.run(conversation)
  }
}
