import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Id } from '../../protocol/model/primitives.ts'
import { readRow } from './row.ts'

const Row = z.object({ conversation: z.string(), body: z.string() })

/** Texts that are being written, one a conversation. */
export class DraftsTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, string]>
  readonly #remove: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare('SELECT conversation, body FROM drafts')
    this.#put = db.prepare(`
      INSERT INTO drafts (conversation, body) VALUES (?, ?)
      ON CONFLICT (conversation) DO UPDATE SET body = excluded.body`)
    this.#remove = db.prepare('DELETE FROM drafts WHERE conversation = ?')
  }

  load(): Map<Id, string> {
    const rows = this.#all.all().map((raw) => readRow(Row, raw))
    return new Map(rows.map(({ conversation, body }) => [conversation, body]))
  }

  /** Keeps a draft; an empty one is removed. */
  put(conversation: Id, body: string): void {
    if (body === '') this.#remove.run(conversation)
    else this.#put.run(conversation, body)
  }
}
