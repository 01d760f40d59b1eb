import Database from 'better-sqlite3'
import { StoreUnavailable } from '../store.ts'

/** Beginnings of SQLite's result codes that pass: full, busy, unreadable for now. All others are defects. */
const PASSING = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
] as const

/** The error that the store's callers see: StoreUnavailable for what passes, the error itself for a defect. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (!PASSING.some((code) => error.code.startsWith(code))) return error
  return new StoreUnavailable(`the database cannot do it now: ${error.code}`, { cause: error })
}
