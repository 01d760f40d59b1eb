import { join } from 'node:path'
import Database from 'better-sqlite3'
import { settleInstance } from './known-instance.ts'
import { lookAtDatabase } from './look-at-database.ts'
import { migrate } from './migrate.ts'
import { makePrivateAgain, makePrivateFile, makePrivateFolder } from './private-files.ts'

/** Name of the database inside the data folder. */
export const DATABASE_FILE = 'server.db'
const LOCK_FILE = 'server.lock'
/** How the names of all files begin that a server writes there. */
const OUR_FILES = 'server.'

/** How long the start waits for somebody else's transaction, in ms. */
const START_PATIENCE_MS = 5_000
/** Pages of 4 KiB in the write-ahead log before its content is moved into the database: 32 MiB. */
const CHECKPOINT_PAGES = 8_192
/** The log is cut back to this after it was longer, in bytes. */
const LOG_SIZE_LIMIT = 64 * 1024 * 1024
/** Page cache, in KiB (negative: that is how SQLite tells KiB from pages). */
const CACHE_KIB = -16 * 1024

/** Another server works in this folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

export interface OpenDatabase {
  readonly database: Database.Database
  /** Closes it and lets another server have the folder. */
  close(): void
}

/**
 * Opens the database in `folder`, made if it is not there, for this process alone: two servers on one file would each
 * deliver live only what it wrote itself. Every commit is on the disk when it returns [V3].
 *
 * @throws FolderInUse when another server has it
 * @throws DamagedDatabase when it is damaged
 * @throws SchemaTooNew when a newer version wrote it
 * @throws DatabaseEmptied when it has no content and had some before, ForeignDatabase when it is another program's
 */
export function openDatabase(folder: string): OpenDatabase {
  makePrivateFolder(folder)
  makePrivateFile(folder, LOCK_FILE)
  const lock = takeFolder(join(folder, LOCK_FILE))
  try {
    makePrivateAgain(folder, OUR_FILES)
    lookAtDatabase(folder, DATABASE_FILE)
    const database = openPrivate(folder)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // What refers to what is decided before it is written; looking it up again in every insert is only slow.
    database.pragma('foreign_keys = OFF')
    // A deleted body must not linger in the free parts of the file.
    database.pragma('secure_delete = ON')
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    database.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT}`)
    database.pragma(`cache_size = ${CACHE_KIB}`)
    database.pragma('temp_store = MEMORY')
    migrate(database)
    settleInstance(database, folder, DATABASE_FILE)
    // From here on whoever writes waits by itself: in here, waiting would keep the event loop.
    database.pragma('busy_timeout = 0')
    return {
      database,
      close: () => {
        database.close()
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

function openPrivate(folder: string): Database.Database {
  makePrivateFile(folder, DATABASE_FILE)
  return new Database(join(folder, DATABASE_FILE), { timeout: START_PATIENCE_MS })
}

/** Holds a lock that the system lets go of when this process ends, however it ends. */
function takeFolder(file: string): Database.Database {
  const lock = new Database(file, { timeout: 0 })
  try {
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new FolderInUse(`another server uses this folder: ${file}`)
    }
    throw error
  }
}
