import pg from 'pg'
import { StoreUnavailable } from '../store.ts'

/**
 * What a failed statement means.
 * `contention`: others were at the same rows; the transaction is rolled back and running it again may succeed.
 * `connection`: the connection is of no use any more; whether a COMMIT on it took effect is not known.
 * `unavailable`: the database answers, and cannot do it now (full, shutting down, read-only standby, time-out).
 * `defect`: the statement or what it was given is wrong, and would be again.
 */
export type Trouble = 'contention' | 'connection' | 'unavailable' | 'defect'

/** A failure of the database or of the way to it. */
export class DatabaseTrouble extends Error {
  override readonly name = 'DatabaseTrouble'
  readonly trouble: Trouble

  constructor(cause: unknown) {
    super('the database could not do it', { cause })
    this.trouble = troubleOf(cause)
  }
}

const UNIQUE_VIOLATION = '23505'
/** Serialisation failure, deadlock, lock not granted in time, and the unique violation of a racing twin [V4]. */
const CONTENTION: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', UNIQUE_VIOLATION])

/** Shut down by the administrator, by a crash, not started yet; idle in a transaction or a session for too long. */
const CONNECTION: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', '25P03'])

/**
 * Classes (first two characters) that pass: authorisation, no such database, out of resources, limits of a setting,
 * cancelled or shut down, I/O errors; and the one of a standby that does not write yet.
 */
const PASSING_CLASSES: ReadonlySet<string> = new Set(['28', '3D', '53', '55', '57', '58'])
const READ_ONLY = '25006'

/** Classifies by SQLSTATE. What the server did not answer with one is a failure of the connection. */
export function troubleOf(cause: unknown): Trouble {
  if (cause instanceof DatabaseTrouble) return cause.trouble
  if (!(cause instanceof pg.DatabaseError)) return 'connection'
  const state = cause.code ?? ''
  if (CONTENTION.has(state)) return 'contention'
  if (CONNECTION.has(state) || state.startsWith('08')) return 'connection'
  if (state === READ_ONLY || PASSING_CLASSES.has(state.slice(0, 2))) return 'unavailable'
  return 'defect'
}

/** Whether a statement failed, as the callers of Questions see it, because somebody else has what must be one's own. */
export function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof StoreUnavailable ? error.cause : error
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION
}

/** The error that the store's callers see: StoreUnavailable for all that passes, the cause itself for a defect. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof DatabaseTrouble)) return error
  if (error.trouble === 'defect') return error.cause
  return new StoreUnavailable('the database is not available', { cause: error.cause })
}
