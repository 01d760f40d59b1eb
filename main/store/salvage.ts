import Database from 'better-sqlite3'
import { databaseVersion } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { countRows, type Row, readableRows, salvageRows } from './read-damaged.ts'
import { salvageMessages } from './salvage-messages.ts'
import { SqliteStore } from './sqlite-store.ts'
import { StorageError } from './storage-error.ts'

/**
 * What a database made anew takes over from a damaged one, beside the outbox and messages. What comes from the server is
 * left out where it breaks: it is told anew.
 */
const TAKEN = [
  { table: 'settings', by: 'name', isOwn: false },
  { table: 'secrets', by: 'name', isOwn: false },
  { table: 'drafts', by: 'conversation', isOwn: true },
  { table: 'users', by: 'id', isOwn: false },
  { table: 'conversations', by: 'id', isOwn: false },
  { table: 'reading', by: 'conversation', isOwn: false },
] as const

/** Copies what can be read into an empty database of the newest version; how much of the user's own cannot be. */
export function fillFrom(damaged: Database.Database, db: Database.Database, now: number): number {
  let lost = fillOutbox(damaged, db, now)
  for (const { table, by, isOwn } of TAKEN) {
    const salvaged = salvageRows(damaged, table, by)
    insertAll(db, table, salvaged.rows)
    if (isOwn) lost += salvaged.lost
  }
  // Of a version before, messages are told anew too; so they are when something of them waits for another version.
  if (databaseVersion(damaged) === MIGRATIONS.length && countRows(damaged, 'kept') === 0) {
    const source = storeOver(damaged, now)
    if (source !== null) salvageMessages(source, new SqliteStore(db, () => now))
  }
  return lost
}

/** null: it is too damaged for that. */
function storeOver(damaged: Database.Database, now: number): SqliteStore | null {
  try {
    return new SqliteStore(damaged, () => now)
  } catch (error) {
    if (error instanceof Database.SqliteError || error instanceof StorageError) return null
    throw error
  }
}

/** Rows that cannot be read keep a place: by their keys, where the index has those, else by a number [O9]. */
function fillOutbox(damaged: Database.Database, db: Database.Database, now: number): number {
  const { rows, lost } = salvageRows(damaged, 'outbox', 'rowid')
  insertAll(db, 'outbox', rows)
  if (lost === 0) return 0
  const known = new Set(rows.map((row) => new Map(Object.entries(row)).get('key')))
  const missing = keysInIndex(damaged).filter((key) => !known.has(key))
  const count = Math.max(missing.length, lost)
  const insert = db.prepare("INSERT OR IGNORE INTO outbox VALUES (?, 0, '', ?, '')")
  for (let number = 0; number < count; number += 1) {
    insert.run(missing.at(number) ?? `unreadable-${number + 1}`, now)
  }
  return count
}

/** Keys of the outbox as its index has them: the pages of the rows are not needed for that. */
function keysInIndex(damaged: Database.Database): string[] {
  const keys: string[] = []
  for (const row of readableRows(damaged, 'SELECT key AS place FROM outbox ORDER BY key')) {
    if (row !== 'broken' && typeof row.place === 'string') keys.push(row.place)
  }
  return keys
}

/** Columns that both versions have: one of an older version is brought to the newest by what those that are new begin with. */
function insertAll(db: Database.Database, table: string, rows: readonly Row[]): void {
  const present = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck()
  const known = new Set(present.all(table))
  for (const row of rows) {
    const values = Object.entries(row).filter(([column]) => known.has(column))
    const columns = values.map(([column]) => column).join(', ')
    const marks = values.map(() => '?').join(', ')
    const insert = db.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${marks})`)
    insert.run(...values.map(([, value]) => value))
  }
}
