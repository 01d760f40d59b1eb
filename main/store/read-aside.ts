import Database from 'better-sqlite3'
import { z } from 'zod'
import { lookAtFile } from './look-at-file.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { BUSY_TIMEOUT_MS } from './open-store.ts'
import { parseJson } from './parse-json.ts'
import { StoredAccount } from './settings-table.ts'

/** What a database that is not in use says of itself. */
export interface AsideSummary {
  readonly account: StoredAccount
  /** Operations in its outbox, read marks aside. */
  readonly waiting: number
}

const Row = z.object({ value: z.string() })
const Count = z.object({ count: z.int() })

/**
 * Reads whose database this is and what waits in it; null when it is nobody's. Throws what SQLite says of a damaged one,
 * and StorageError for one that must not be opened.
 */
export function readAside(file: string): AsideSummary | null {
  lookAtFile(file, MIGRATIONS.length, BUSY_TIMEOUT_MS)
  // Not as read-only: that would leave the log's files behind.
  const db = new Database(file, { fileMustExist: true })
  try {
    const row = Row.safeParse(db.prepare("SELECT value FROM settings WHERE name = 'account'").get())
    const account = StoredAccount.safeParse(row.success ? parseJson(row.data.value) : null)
    if (!account.success) return null
    // A row that cannot be read is something that the user wrote, too [O9].
    const { count } = Count.parse(
      db
        .prepare(
          `SELECT count(*) AS count FROM outbox
           WHERE CASE WHEN json_valid(record) THEN json_extract(record, '$.kind') IS NOT 'read' ELSE 1 END`,
        )
        .get(),
    )
    return { account: account.data, waiting: count }
  } finally {
    db.close()
  }
}
