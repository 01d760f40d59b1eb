import Database from 'better-sqlite3'
import { z } from 'zod'
import type { StorageView } from '../../protocol/ipc/views.ts'

/** Why the database cannot be used. */
export type StorageReason = Exclude<
  Extract<StorageView, { status: 'failed' }>['reason'],
  'unexpected'
>

/** The database cannot do it. Nothing of the transaction is left behind; what was on disk before is untouched. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly reason: StorageReason

  constructor(reason: StorageReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/** Result codes of SQLite by their beginning; extended codes follow it. The first match counts. */
const REASONS: readonly (readonly [prefix: string, reason: StorageReason])[] = [
  ['SQLITE_FULL', 'disk_full'],
  ['SQLITE_READONLY', 'read_only'],
  ['SQLITE_CANTOPEN', 'read_only'],
  ['SQLITE_PERM', 'read_only'],
  ['SQLITE_AUTH', 'read_only'],
  ['SQLITE_BUSY', 'read_only'],
  ['SQLITE_LOCKED', 'read_only'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_FORMAT', 'corrupt'],
  ['SQLITE_IOERR_SHORT_READ', 'corrupt'],
  // Writing failed below SQLite: quota, a full or vanished disk. Room is the usual cause, and the usual cure.
  ['SQLITE_IOERR', 'disk_full'],
]

/** What an exception from the database means to the user; null: it is none of the database's, but a defect of ours. */
export function storageErrorOf(error: unknown): StorageError | null {
  if (error instanceof StorageError) return error
  if (!(error instanceof Database.SqliteError)) return null
  const reason = REASONS.find(([prefix]) => error.code.startsWith(prefix))?.[1]
  return reason === undefined ? null : new StorageError(reason, error.message, error)
}

/** Runs `work`, with whatever the database throws made a StorageError. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageErrorOf(error) ?? error
  }
}

/** Whatever SQLite says of a file while it is opened: a schema that is not ours is damage too. */
export function openingError(error: unknown): StorageError {
  const known = storageErrorOf(error)
  if (known !== null) return known
  if (error instanceof Database.SqliteError || error instanceof z.ZodError) {
    return new StorageError('corrupt', error.message, error)
  }
  if (isSystemError(error)) {
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT'
    return new StorageError(isFull ? 'disk_full' : 'read_only', error.message, error)
  }
  throw error
}

/** The system refused to open the file or its folder. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
