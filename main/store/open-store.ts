import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { createDatabase } from './create-database.ts'
import { APPLICATION_ID } from './database-marks.ts'
import { lookAtFile } from './look-at-file.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { ProfileStore } from './profile-store.ts'
import { SqliteStore } from './sqlite-store.ts'
import { openingError, type StorageError } from './storage-error.ts'
import type { OpenWalCopier } from './wal-copier.ts'

export type OpenResult =
  | { readonly ok: true; readonly store: ProfileStore }
  | { readonly ok: false; readonly error: StorageError }

/** How long a statement waits for another program that holds the database (a backup), in ms; it blocks the process. */
export const BUSY_TIMEOUT_MS = 250
/** Size that the write-ahead log is cut back to, in bytes. */
const WAL_LIMIT_BYTES = 1024 * 1024
/**
 * Pages of the write-ahead log (16 MiB) from which on a commit itself copies it into the database. That is done beside
 * the commits, long before; this is the bound for when it cannot, as a commit that copies blocks the process [S6].
 */
const WAL_BACKSTOP_PAGES = 4_096

/**
 * Opens (or makes) the database of a profile: write-ahead log, synchronous=FULL [O1], newest schema. What cannot be
 * used is told, and left as it is: nothing is repaired, replaced or overwritten. `now` is the wall clock, ms since the
 * epoch; without `openWalCopier`, the store copies the write-ahead log itself.
 */
export function openStore(
  file: string,
  now: () => number,
  openWalCopier?: OpenWalCopier,
): OpenResult {
  let db: Database.Database | null = null
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    if (lookAtFile(file, MIGRATIONS.length, BUSY_TIMEOUT_MS) === 'new') createDatabase(file)
    keepPrivate(file)
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true })
    prepare(db)
    return { ok: true, store: new SqliteStore(db, now, openWalCopier?.(file)) }
  } catch (error) {
    db?.close()
    return { ok: false, error: openingError(error) }
  }
}

/** The file is the user's alone before anything is written; SQLite gives its companions the same rights. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

function prepare(db: Database.Database): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('secure_delete = ON')
  db.pragma('trusted_schema = OFF')
  db.pragma(`wal_autocheckpoint = ${WAL_BACKSTOP_PAGES}`)
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
  migrate(db, MIGRATIONS)
  mark(db)
  proveWritable(db)
}

/** Ours says so in its header from now on, in the file itself and not only in its log. */
function mark(db: Database.Database): void {
  if (db.pragma('application_id', { simple: true }) === APPLICATION_ID) return
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.pragma('wal_checkpoint(PASSIVE)')
}

/** A folder without room or rights is found now, not when the user has written something. */
function proveWritable(db: Database.Database): void {
  db.transaction(() => {
    db.exec("INSERT INTO settings (name, value) VALUES ('probe', 'null')")
    db.exec("DELETE FROM settings WHERE name = 'probe'")
  }).immediate()
}
