import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { markCopy, renewInstance } from '../store/sqlite/renew-instance.ts'

/** What the name of a copy ends in until it is complete. */
const PARTIAL = '.partial'
/** What a file system says that knows no second name of a file. */
const NO_LINKS: ReadonlySet<unknown> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
])

/** There is nothing to copy, or the copy would overwrite something. */
class BackupImpossible extends Error {
  override readonly name = 'BackupImpossible'
}

/**
 * Writes a copy of the database in `folder` to `file`, which must not exist: one consistent moment of it, while a server
 * may be using it and is not held up. It is on the disk when this returns, and readable by its owner only; until it is
 * complete it has another name, so that what was killed on the way is never taken for a backup. To restore: put the copy
 * in place of the stopped server's database.
 *
 * The copy is another instance: what is written after it was made is another history than what was written to the
 * original, and clients and Redis tell them apart by that name, also once the copy has grown past the original. It is
 * marked, so that it gets a new name each time that it is put back.
 *
 * @throws BackupImpossible; what the file system or SQLite throws, and then there is no copy
 */
export function backUp(folder: string, file: string): void {
  const source = join(folder, DATABASE_FILE)
  if (!existsSync(source)) throw new BackupImpossible(`there is no database in ${folder}`)
  if (existsSync(file)) throw new BackupImpossible(`${file} exists`)
  removeLeftovers(file)
  const partial = `${file}.${process.pid}${PARTIAL}`
  makeEmpty(partial)
  try {
    copyInto(source, partial)
    const copy = new Database(partial, { fileMustExist: true })
    try {
      renewInstance(copy)
      markCopy(copy)
    } finally {
      copy.close()
    }
    // VACUUM INTO leaves it to the system when its pages get to the disk.
    sync(partial)
    giveName(partial, file)
    sync(dirname(file))
  } finally {
    remove(partial)
  }
}

function remove(partial: string): void {
  for (const left of [partial, `${partial}-journal`]) rmSync(left, { force: true })
}

/** Removes what those left that were killed on the way; one that is still under way keeps its own. */
function removeLeftovers(file: string): void {
  const beginning = `${basename(file)}.`
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(beginning) || !name.endsWith(PARTIAL)) continue
    const pid = name.slice(beginning.length, -PARTIAL.length)
    if (/^[1-9]\d{0,9}$/.test(pid) && !isRunning(Number(pid))) remove(join(dirname(file), name))
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Gives the complete copy its name, unless something has that name by now. */
function giveName(partial: string, file: string): void {
  try {
    linkSync(partial, file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') throw new BackupImpossible(`${file} exists`, { cause: error })
    if (!NO_LINKS.has(code)) throw error
    renameSync(partial, file)
  }
}

/** The file for the copy: it holds what everybody wrote, so nobody else may read it from the first byte on. */
function makeEmpty(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new BackupImpossible(`${file} exists`, { cause: error })
    }
    throw error
  }
}

function copyInto(source: string, file: string): void {
  const database = new Database(source, { readonly: true })
  try {
    const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get()
    if (tables === 0) throw new BackupImpossible(`there is nothing in ${source}`)
    database.prepare('VACUUM INTO ?').run(file)
  } finally {
    database.close()
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
