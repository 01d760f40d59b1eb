import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { freeFolderName, PARTS, standing } from '../store/database-files.ts'
import { syncFolder } from '../store/write-durably.ts'

/** Name of the server's database in its folder. */
const DATABASE = 'server.db'
const SET_ASIDE = 'set-aside'
/** Its log, and what the server knows of the database that ran last; the database first. */
const PARTS_OF_SERVER = [...PARTS.map((part) => DATABASE + part), 'server.instance']

/**
 * Moves the database of the server that does not run into a folder of its own beside it, named by `now` (ms since the
 * epoch); its path. The database goes first: what a kill leaves is a log alone, which is set aside at the next start.
 */
export function setServerDataAside(dataDir: string, now: number): string {
  const parent = join(dataDir, SET_ASIDE)
  const folder = join(parent, freeFolderName(parent, now))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of PARTS_OF_SERVER) {
    const path = join(dataDir, name)
    if (standing(path) !== null) renameSync(path, join(folder, name))
  }
  syncFolder(folder)
  syncFolder(parent)
  syncFolder(dataDir)
  return folder
}

/**
 * A server refuses to begin without content where it had some. This one does, as its app brings back what it has: what is
 * left of a database that is empty or gone, its log above all, is set aside first. Where to; null: there was none.
 */
export function setLostDataAside(dataDir: string, now: number): string | null {
  if ((standing(join(dataDir, DATABASE))?.size ?? 0) > 0) return null
  const isAnyLeft = PARTS_OF_SERVER.some((name) => standing(join(dataDir, name)) !== null)
  return isAnyLeft ? setServerDataAside(dataDir, now) : null
}

/** Where the server has its database. */
export function serverDatabase(dataDir: string): string {
  return join(dataDir, DATABASE)
}
