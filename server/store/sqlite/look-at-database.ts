import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { ForeignDatabase } from './known-instance.ts'

/** What stands where the database belongs is damaged, or no database at all. Nothing of it was touched. */
class DamagedDatabase extends Error {
  override readonly name = 'DamagedDatabase'
}

const MAGIC = 'SQLite format 3\0'
/** Up to this size, in bytes, a database is checked whole at each start: that takes some tenths of a second. */
const CHECKED_BYTES = 32 * 1024 * 1024

/**
 * Looks whether a database that has content is sound, before SQLite may write: it would bring the log into a damaged
 * one, and take away what a better tool could still read.
 *
 * @throws DamagedDatabase, ForeignDatabase, with nothing touched
 */
export function lookAtDatabase(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined || found.size === 0) return
  if (!found.isFile()) throw damaged(file, 'is no file')
  if (beginning(file) !== MAGIC) {
    throw new ForeignDatabase(
      `${file} is damaged, or not a Ferry server's database: nothing was changed in it; put a backup in its place, or take it and its log elsewhere`,
    )
  }
  if (found.size > CHECKED_BYTES) return
  const beside = ['-wal', '-shm'].map((part) => file + part)
  const isNew = beside.filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined)
  try {
    check(file)
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !isDamage(error.code)) throw error
    throw damaged(file, `is damaged: ${error.message}`)
  } finally {
    for (const path of isNew) rmSync(path, { force: true })
  }
}

function check(file: string): void {
  const database = new Database(file, { readonly: true })
  try {
    const found = database.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw damaged(file, `is damaged: ${found}`)
  } finally {
    database.close()
  }
}

function beginning(file: string): string {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(MAGIC.length)
    return bytes.toString('latin1', 0, readSync(handle, bytes, 0, MAGIC.length, 0))
  } finally {
    closeSync(handle)
  }
}

function isDamage(code: string): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_FORMAT'].some((known) =>
    code.startsWith(known),
  )
}

function damaged(file: string, what: string): DamagedDatabase {
  return new DamagedDatabase(
    `${file} ${what}; nothing was changed in it: put a backup in its place, or take it and its log elsewhere to begin anew`,
  )
}
