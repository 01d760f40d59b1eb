import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { Id } from '../../protocol/model/primitives.ts'
import type { Operation, UnreadableOperation } from '../sync/operation.ts'
import { decodeOperation, encodeOperation } from './operation-row.ts'
import { readRow } from './row.ts'

const Row = z.object({
  key: z.string(),
  ordinal: z.int(),
  conversation: z.string(),
  created_at: z.number(),
  record: z.string(),
})

/** The operations that the server has not confirmed yet. */
export class OutboxTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, number, string, number, string]>
  readonly #remove: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare(
      'SELECT key, ordinal, conversation, created_at, record FROM outbox ORDER BY ordinal',
    )
    this.#put = db.prepare(`
      INSERT INTO outbox (key, ordinal, conversation, created_at, record) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET ordinal = excluded.ordinal, record = excluded.record`)
    this.#remove = db.prepare('DELETE FROM outbox WHERE key = ?')
  }

  /** All rows by ordinal; those that cannot be read apart, with what can be told of them [O9]. */
  load(): { operations: Operation[]; unreadable: UnreadableOperation[] } {
    const operations: Operation[] = []
    const unreadable: UnreadableOperation[] = []
    for (const raw of this.#all.all()) {
      const row = readRow(Row, raw)
      const operation = decodeOperation(row)
      if (operation !== null) operations.push(operation)
      else unreadable.push(describe(row))
    }
    return { operations, unreadable }
  }

  put(operation: Operation): void {
    const row = encodeOperation(operation)
    this.#put.run(row.key, row.ordinal, row.conversation, row.created_at, row.record)
  }

  remove(key: string): void {
    this.#remove.run(key)
  }
}

function describe(row: z.infer<typeof Row>): UnreadableOperation {
  const conversation = Id.safeParse(row.conversation)
  return {
    key: row.key,
    ordinal: row.ordinal,
    conversation: conversation.success ? conversation.data : null,
    createdAt: row.created_at,
  }
}
