import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { RepairWay } from '../../protocol/ipc/views.ts'
import { createDatabase } from './create-database.ts'
import { copyDatabase, isLogAlone, PARTS, privateCopy } from './database-files.ts'
import { APPLICATION_ID, FIRST_TABLES } from './database-marks.ts'
import { tableNames } from './look-at-file.ts'
import { parseJson } from './parse-json.ts'
import type { ProfileFiles } from './profile-files.ts'
import { openDamaged, readableRows } from './read-damaged.ts'
import { fillFrom } from './salvage.ts'
import { StoredAccount } from './settings-table.ts'
import { StorageError, type StorageReason } from './storage-error.ts'

/** What was done about a database: where it stands now, and how much of the user's own could not be read. */
export interface Repaired {
  readonly path: string
  readonly lost: number
}

/**
 * Sets the database aside and puts in its place what can be made of it, or nothing (`start-anew`). Nothing is deleted;
 * when this throws, all is where it was, or is brought there at the next start.
 */
export function repair(files: ProfileFiles, way: RepairWay, now: number): Repaired {
  const { database, replacement } = files
  switch (way) {
    case 'start-anew':
      return { path: files.setAside(now, null), lost: 0 }
    case 'recover':
      recoverFromLog(database, replacement.path)
      return { path: files.setAside(now, replacement.name), lost: 0 }
    case 'rebuild': {
      const { lost } = rebuildDatabase(database, replacement.path, now)
      return { path: files.setAside(now, replacement.name), lost }
    }
  }
}

/** What can be done about a database that cannot be used. It is only looked at. */
export function repairWays(file: string, reason: StorageReason): RepairWay[] {
  if (reason === 'foreign') return ['start-anew']
  if (reason !== 'corrupt') return []
  const ways: RepairWay[] = []
  if (isLogAlone(file) && isWholeInLog(file)) ways.push('recover')
  else if (hasAccount(file)) ways.push('rebuild')
  ways.push('start-anew')
  return ways
}

/** Builds a database up from a log alone, at `target`. Throws StorageError `corrupt` when it does not hold all. */
function recoverFromLog(file: string, target: string): void {
  for (const part of PARTS) rmSync(target + part, { force: true })
  copyDatabase(file, target)
  const db = new Database(target, { fileMustExist: true })
  try {
    if (!isWhole(db)) throw new StorageError('corrupt', 'the log does not hold all')
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
}

/**
 * Makes a database at `target` with all that is nowhere else and can still be read: what waits to be sent and what
 * failed, drafts, the account. Conversations and names come along, messages come from the server. `lost`: rows of the
 * user's own that cannot be read; in the outbox they stand as unreadable [O9]. Throws StorageError `corrupt` when it is
 * not known whose it is.
 */
function rebuildDatabase(file: string, target: string, now: number): { lost: number } {
  const damaged = openDamaged(file)
  if (damaged === null) throw new StorageError('corrupt', 'nothing can be read of the database')
  try {
    let lost = 0
    createDatabase(target, (db) => {
      lost = db.transaction(() => fillFrom(damaged.db, db, now))()
    })
    return { lost }
  } finally {
    damaged.close()
  }
}

function isWholeInLog(file: string): boolean {
  const { copy, remove } = privateCopy(file)
  try {
    const db = new Database(copy, { fileMustExist: true })
    try {
      return isWhole(db)
    } finally {
      db.close()
    }
  } finally {
    remove()
  }
}

/** Whether this is a database of ours without any damage. */
function isWhole(db: Database.Database): boolean {
  try {
    const names = tableNames(db)
    if (!FIRST_TABLES.every((table) => names.includes(table))) return false
    return db.pragma('integrity_check(1)', { simple: true }) === 'ok'
  } catch (error) {
    if (error instanceof Database.SqliteError) return false
    throw error
  }
}

/** Whether it can still be read whose it is. */
function hasAccount(file: string): boolean {
  const damaged = openDamaged(file)
  if (damaged === null) return false
  try {
    const query = "SELECT value AS place FROM settings WHERE name = 'account'"
    for (const row of readableRows(damaged.db, query)) {
      if (row === 'broken' || typeof row.place !== 'string') return false
      return StoredAccount.safeParse(parseJson(row.place)).success
    }
    return false
  } finally {
    damaged.close()
  }
}
