import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { APPLICATION_ID } from './database-marks.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { syncFolder } from './write-durably.ts'

/**
 * Makes a new database of a profile, with what `fill` puts in. It gets its name when it is whole and on the disk: an
 * empty one under that name was never made by us, so that it is damage and no new profile.
 */
export function createDatabase(
  file: string,
  fill: (db: Database.Database) => void = () => undefined,
): void {
  const fresh = `${file}.new`
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(fresh + part, { force: true })
  closeSync(openSync(fresh, 'wx', 0o600))
  const db = new Database(fresh, { fileMustExist: true })
  try {
    // Nobody can lose anything in it yet; it is brought to the disk once, as a whole.
    db.pragma('synchronous = OFF')
    db.pragma(`application_id = ${APPLICATION_ID}`)
    migrate(db, MIGRATIONS)
    fill(db)
    db.pragma('journal_mode = WAL')
  } finally {
    db.close()
  }
  syncFile(fresh)
  renameSync(fresh, file)
  syncFolder(dirname(file))
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
