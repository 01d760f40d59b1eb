import {
  closeSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { hasLog, PARTS, standing } from './database-files.ts'
import { APPLICATION_ID, FIRST_TABLES, HEADER_BYTES, readHeader } from './database-marks.ts'
import { StorageError } from './storage-error.ts'

const CheckResult = z.array(z.object({ quick_check: z.string() }))

/**
 * Looks at what stands where a profile has its database, before SQLite may write: opening it so would make a new one
 * out of an empty file, delete the log beside that, and write into another program's database. `new`: nothing is there,
 * nor was. Throws StorageError, with nothing touched, for what is damaged, foreign, or of a version above `newest`.
 */
export function lookAtFile(file: string, newest: number, timeoutMs: number): 'new' | 'ours' {
  const found = followed(file)
  const place = found === null ? file : realpathSync(file)
  for (const part of PARTS.slice(1)) followed(place + part)
  if (found === null) {
    if (!hasLog(place)) return 'new'
    throw new StorageError('corrupt', 'the database is gone, and its log is there')
  }
  // One that is being made has another name until it is whole.
  if (found.size === 0) throw new StorageError('corrupt', 'the database is empty')
  const header = readHeader(firstBytes(place))
  if (header === null) throw new StorageError('corrupt', 'the file is no database')
  const { applicationId, userVersion } = header
  if (applicationId === APPLICATION_ID) refuseNewer(userVersion, newest)
  else if (applicationId !== 0) throw foreign(`it is marked as of program ${applicationId}`)
  // Ours keep no journal; to look behind one, SQLite would have to write.
  else if (standing(`${place}-journal`) !== null) throw foreign('it has another kind of journal')
  readOnly(place, timeoutMs, (db) => lookInside(db, newest))
  return 'ours'
}

/** Throws `newer_version` for a database of a later program. */
export function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return
  throw new StorageError('newer_version', `database is at ${version}, this program knows ${newest}`)
}

/** What stands there, links followed: a folder, a pipe or a link to nothing is somebody else's doing. */
function followed(path: string): Stats | null {
  const link = lstatSync(path, { throwIfNoEntry: false })
  if (link === undefined) return null
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true) return found
  throw foreign(`${path} is no file`)
}

function firstBytes(file: string): Buffer {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(HEADER_BYTES)
    return bytes.subarray(0, readSync(handle, bytes, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(handle)
  }
}

/** Its log is looked at too, which is newer than the file: one without a mark is ours when it has our tables. */
function lookInside(db: Database.Database, newest: number): void {
  const names = tableNames(db)
  if (!FIRST_TABLES.every((table) => names.includes(table))) {
    if (names.length > 0) throw foreign('it has tables, and not ours')
    throw new StorageError('corrupt', 'the database has nothing in it')
  }
  refuseNewer(z.int().parse(db.pragma('user_version', { simple: true })), newest)
  // They are small, so each start can afford to check them whole; a damaged page of messages is met when it is read.
  for (const table of FIRST_TABLES) check(db, table)
}

/** The names of all tables of a database. */
export function tableNames(db: Database.Database): string[] {
  const query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
  return db.prepare<[], string>(query).pluck().all()
}

function check(db: Database.Database, table: string): void {
  const findings = CheckResult.parse(db.pragma(`quick_check('${table}')`))
  const damage = findings.find((row) => row.quick_check !== 'ok')
  if (damage !== undefined) throw new StorageError('corrupt', `${table}: ${damage.quick_check}`)
}

/** Only reads, and takes away what SQLite needs for that and leaves behind. */
function readOnly(file: string, timeoutMs: number, look: (db: Database.Database) => void): void {
  const beside = ['-wal', '-shm'].map((part) => file + part)
  const isNew = beside.filter((path) => standing(path) === null)
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: timeoutMs })
  try {
    look(db)
  } finally {
    db.close()
    for (const path of isNew) rmSync(path, { force: true })
  }
}

function foreign(what: string): StorageError {
  return new StorageError('foreign', `not a database of Ferry: ${what}`)
}
