import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { hasLog, isLogAlone, privateCopy, standing } from './database-files.ts'

/** A database that is only read, and how to let go of it. */
export interface DamagedDatabase {
  readonly db: Database.Database
  close(): void
}

/**
 * Opens what may be damaged for reading, and leaves it as it is: in its place, or as a copy where SQLite would have to
 * write (a log alone, a folder that cannot be written). null: it is no database at all. Throws what the system says
 * when there is no room for a copy.
 */
export function openDamaged(file: string): DamagedDatabase | null {
  if (standing(file)?.isFile() !== true && !hasLog(file)) return null
  const inPlace = isLogAlone(file) ? null : openInPlace(file)
  return inPlace ?? openCopy(file)
}

function openInPlace(file: string): DamagedDatabase | null {
  const beside = ['-wal', '-shm'].map((part) => file + part)
  const isNew = beside.filter((path) => standing(path) === null)
  const db = openFile(file)
  const close = () => {
    db?.close()
    for (const path of isNew) rmSync(path, { force: true })
  }
  if (db !== null) return { db, close }
  close()
  return null
}

function openCopy(file: string): DamagedDatabase | null {
  const { copy, remove } = privateCopy(file)
  const db = openFile(copy)
  if (db === null) remove()
  else {
    const close = () => {
      db.close()
      remove()
    }
    return { db, close }
  }
  return null
}

function openFile(file: string): Database.Database | null {
  let db: Database.Database | null = null
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    db?.close()
    if (!(error instanceof Database.SqliteError)) throw error
    return null
  }
}

/** A row of any table; `place` and `count` are how queries here call what they look at. */
export interface Row {
  readonly place?: unknown
  readonly count?: unknown
}

/** The rows of a query until it ends, or until it breaks off. */
export function* readableRows(db: Database.Database, query: string): Generator<Row | 'broken'> {
  try {
    yield* db.prepare<[], Row>(query).iterate()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    yield 'broken'
  }
}

/** How many rows a table says it has; 0 when that cannot be told. */
export function countRows(db: Database.Database, table: string): number {
  for (const row of readableRows(db, `SELECT count(*) AS count FROM ${table}`)) {
    if (row !== 'broken' && typeof row.count === 'number') return row.count
  }
  return 0
}

/** What could be read of a table from both of its ends, and how many rows are known to be missing in between. */
export interface Salvaged {
  readonly rows: readonly Row[]
  readonly lost: number
}

/** Reads a (small) table by `by`, from its other end too where it breaks off: at least one row is lost at a break. */
export function salvageRows(db: Database.Database, table: string, by: string): Salvaged {
  const forward = readUntilBreak(db, `SELECT * FROM ${table} ORDER BY ${by} ASC`)
  if (forward.isWhole) return { rows: forward.rows, lost: 0 }
  const backward = readUntilBreak(db, `SELECT * FROM ${table} ORDER BY ${by} DESC`)
  const seen = new Set(forward.rows.map((row) => JSON.stringify(row)))
  const rest = backward.rows.filter((row) => !seen.has(JSON.stringify(row))).reverse()
  const rows = [...forward.rows, ...rest]
  return { rows, lost: Math.max(countRows(db, table) - rows.length, 1) }
}

function readUntilBreak(db: Database.Database, query: string): { rows: Row[]; isWhole: boolean } {
  const rows: Row[] = []
  for (const row of readableRows(db, query)) {
    if (row === 'broken') return { rows, isWhole: false }
    rows.push(row)
  }
  return { rows, isWhole: true }
}
