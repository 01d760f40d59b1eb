import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { KNOWN_FILE, NO_RUN, readKnown, writeKnown } from './known-file.ts'

/** What stands where the database belongs is damaged, or no database at all. Nothing of it was touched. */
class DamagedDatabase extends Error {
  override readonly name = 'DamagedDatabase'
}

/** The database is empty or gone, though there was one; or what is there in its place has nothing in it. */
export class DatabaseEmptied extends Error {
  override readonly name = 'DatabaseEmptied'
}

/** What is there under the database's name is another program's. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase'
}

const MAGIC = 'SQLite format 3\0'
/** Up to this size, in bytes, a database is checked whole at each start: that takes some tenths of a second. */
const CHECKED_BYTES = 32 * 1024 * 1024

/**
 * Looks at what stands where the database belongs before anything is written: whether it is sound, ours, and not emptied.
 *
 * @throws DamagedDatabase, ForeignDatabase, DatabaseEmptied, with nothing of it touched
 */
export function lookAtDatabase(folder: string, databaseFile: string): void {
  checkSound(join(folder, databaseFile))
  checkContent(folder, databaseFile)
}

/**
 * Before SQLite may write to one that has content: it would bring the log into a damaged one, and take away what a
 * better tool could still read.
 */
function checkSound(file: string): void {
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

/**
 * Refuses to begin an empty server where there was one with content, as its clients would drop what they have, and to
 * write into what is not a server's. SQLite itself would make an empty database out of an empty file, and delete the log
 * beside it, which may hold everything.
 */
function checkContent(folder: string, databaseFile: string): void {
  const known = readKnown(folder, databaseFile)
  const file = join(folder, databaseFile)
  const tables = tablesOf(file)
  if (tables === 'foreign') {
    throw new ForeignDatabase(
      `${file} is not a Ferry server's database: nothing was changed in it; take it elsewhere, or use another --data`,
    )
  }
  if (tables === 'ours' || known?.runs.includes(NO_RUN) === true) return
  if (tables === 'gone' && known === null) {
    // Killed before there are tables, the next start knows that there was nothing to lose.
    writeKnown(folder, databaseFile, { instance: '', runs: [NO_RUN] })
    return
  }
  const names = `${databaseFile}* and ${KNOWN_FILE}`
  throw new DatabaseEmptied(
    `the database in ${folder} is empty or gone, though there was one: put a backup in its place; or, to begin anew without it, delete ${names} there`,
  )
}

/** Whose tables are in a file. `gone`: there is neither the file nor a log of it. */
function tablesOf(file: string): 'ours' | 'foreign' | 'none' | 'gone' {
  const size = sizeOf(file)
  if (size === null && (sizeOf(`${file}-wal`) ?? 0) === 0) return 'gone'
  if (size === null || size === 0) return 'none'
  const database = new Database(file, { fileMustExist: true })
  try {
    const names = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all()
    if (names.length === 0) return 'none'
    return names.includes('meta') && names.includes('streams') ? 'ours' : 'foreign'
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_NOTADB') throw error
    return 'foreign'
  } finally {
    database.close()
  }
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null
}
