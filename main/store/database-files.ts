import { copyFileSync, lstatSync, mkdtempSync, rmSync, type Stats, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What a database consists of: itself, and beside it the log of what was committed last, and an index of that. */
export const PARTS = ['', '-wal', '-shm'] as const

/** The header of a log without any content, in bytes. */
const EMPTY_LOG_BYTES = 32
/** The blank page that stands in for a database which is built up from its log alone. */
const STAND_IN_BYTES = 4096

/** What stands there, links not followed; null for nothing. */
export function standing(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

/** A name for a new folder in `parent`, by an instant (`now`: ms since the epoch), that nothing has there. */
export function freeFolderName(parent: string, now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? stamp : `${stamp}-${number}`
    if (standing(join(parent, name)) === null) return name
  }
}

/** Whether there is a log with content, which may be nowhere else. */
export function hasLog(database: string): boolean {
  return (standing(`${database}-wal`)?.size ?? 0) > EMPTY_LOG_BYTES
}

/** Whether all that is left of a database is its log. SQLite would delete that on opening it. */
export function isLogAlone(database: string): boolean {
  return (standing(database)?.size ?? 0) === 0 && hasLog(database)
}

/**
 * Copies a database with its log. One that is empty or gone becomes a blank page, which SQLite replaces from the log.
 * Throws when there is no room.
 */
export function copyDatabase(database: string, copy: string): void {
  if (hasLog(database)) copyFileSync(`${database}-wal`, `${copy}-wal`)
  if (isLogAlone(database)) writeFileSync(copy, Buffer.alloc(STAND_IN_BYTES), { mode: 0o600 })
  else copyFileSync(database, copy)
}

/** A copy in a folder that is the user's alone, and how to take that away. */
export function privateCopy(database: string): { copy: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-look-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, basename(database))
    copyDatabase(database, copy)
    return { copy, remove }
  } catch (error) {
    remove()
    throw error
  }
}
