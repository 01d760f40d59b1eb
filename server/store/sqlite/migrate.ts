import type Database from 'better-sqlite3'
import { first } from './migrations/001-first.ts'
import { keysByNumber } from './migrations/002-keys-by-number.ts'
import { receipts } from './migrations/003-receipts.ts'
import { usernameLooksTable } from './migrations/004-username-looks.ts'
import { nameWordsTable } from './migrations/005-name-words.ts'

/** One step of the schema. Steps are applied in order, each once, each in a transaction of its own. */
export interface Migration {
  /** 1, 2, 3 … without a gap; kept in the database as `user_version`. */
  readonly version: number
  readonly sql: string
  /** What SQL cannot do, after it and in the same transaction. */
  run?(database: Database.Database): void
}

/** Every step, oldest first. One that was released is never changed; what is new is a new file. */
export const MIGRATIONS: readonly Migration[] = [
  first,
  keysByNumber,
  receipts,
  usernameLooksTable,
  nameWordsTable,
]

/** The database was written by a newer version of this program, which this one could damage. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/**
 * Brings the schema to the newest version.
 *
 * @throws SchemaTooNew when the database is ahead of `migrations`
 */
export function migrate(
  database: Database.Database,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  const newest = migrations.at(-1)?.version ?? 0
  const found = Number(database.pragma('user_version', { simple: true }))
  if (found > newest) {
    throw new SchemaTooNew(
      `the database has schema ${found}, and this version of Ferry knows ${newest}: start a newer one`,
    )
  }
  for (const migration of migrations) {
    if (migration.version <= found) continue
    database
      .transaction(() => {
        database.exec(migration.sql)
        migration.run?.(database)
        database.pragma(`user_version = ${migration.version}`)
      })
      .immediate()
  }
}
