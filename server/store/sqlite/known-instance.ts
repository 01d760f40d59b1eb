import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreUnavailable } from '../store.ts'
import { KNOWN_FILE, NO_RUN, readKnown, writeKnown } from './known-file.ts'
import { isCopy, renewInstance } from './renew-instance.ts'
import { toStoreError } from './trouble.ts'

/** The database is empty or gone, though there was one; or what is there in its place has nothing in it. */
export class DatabaseEmptied extends Error {
  override readonly name = 'DatabaseEmptied'
}

/** What is there under the database's name is another program's. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase'
}

/**
 * Looks at what is there before anything is written: refuses to begin an empty server where there was one with content,
 * as its clients would drop what they have, and to write into what is not a server's. SQLite itself would make an empty
 * database out of an empty file, and delete the log beside it, which may hold everything.
 *
 * @throws DatabaseEmptied, ForeignDatabase
 */
export function checkContent(folder: string, databaseFile: string): void {
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

/**
 * Gives a database that was put in place of the one that ran here last a new name, each time [V8]: what is written to
 * a copy from now on is another history, for clients and Redis, though it may carry the name of its original or of the
 * last time it was put back. Each run writes a name of its own into the database and beside it; what does not fit
 * together was put back, or copied here. So is a file that `backup` wrote, which says so itself.
 *
 * @throws StoreUnavailable when a copy cannot be given its name
 */
export function settleInstance(
  database: Database.Database,
  folder: string,
  databaseFile: string,
): void {
  const meta = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck()
  const put = database.prepare<[string, string]>(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const known = readKnown(folder, databaseFile)
  const last = meta.get('run') ?? NO_RUN
  const fits = known === null ? last === NO_RUN : known.isInPlace && known.runs.includes(last)
  const isAnother = isCopy(database) || !fits
  const run = randomUUID()
  const remember = (...runs: string[]) =>
    writeKnown(folder, databaseFile, { instance: meta.get('instance') ?? '', runs })
  try {
    // Killed in between, a copy must still not fit, and the database that ran here must.
    if (isAnother) remember(run)
    else remember(last, run)
    database
      .transaction(() => {
        if (isAnother) renewInstance(database)
        put.run('run', run)
      })
      .immediate()
    remember(run)
  } catch (error) {
    // With no room for a line, one that ran here goes on under its name, and its readers with it.
    if (isAnother || !isPassing(error)) throw error
  }
}

function isPassing(error: unknown): boolean {
  if (toStoreError(error) instanceof StoreUnavailable) return true
  return error instanceof Error && 'code' in error && PASSING.has(error.code)
}

const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
