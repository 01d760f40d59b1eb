import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'
import { StoreUnavailable } from '../store.ts'
import { NO_RUN, readKnown, writeKnown } from './known-file.ts'
import { metaOf } from './meta.ts'
import { isCopy, renewInstance } from './renew-instance.ts'
import { toStoreError } from './trouble.ts'

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
  const meta = metaOf(database)
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
        meta.put('run', run)
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
