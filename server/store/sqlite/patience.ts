import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { toStoreError } from './trouble.ts'

/**
 * How long a write waits for somebody else's write transaction to end, in ms; then it is `unavailable`. Less than a stop
 * waits for answers, so that it is answered then, too [V11].
 */
export const WRITE_PATIENCE_MS = 1_200
/** How often it tries again meanwhile, in ms. */
export const TRY_AGAIN_MS = 20

/** Whether somebody else holds the database's write lock: a shell, a backup by other means. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

/**
 * Writes, and waits for somebody else's transaction without keeping the event loop: SQLite's own waiting would hold up
 * everybody's reads and pings. Rejects with what the store's callers know.
 */
export async function patiently<T>(write: () => T): Promise<T> {
  const until = performance.now() + WRITE_PATIENCE_MS
  for (;;) {
    try {
      return write()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw toStoreError(error)
    }
    await wait(TRY_AGAIN_MS)
  }
}
