import { createHash } from 'node:crypto'
import { accessSync, constants, lstatSync, mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Whether new files can be made in the folder of a profile; the folder is made where there is none. */
export function isWritableFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    return true
  } catch (error) {
    if (hasCode(error, ['EACCES', 'EPERM', 'EROFS'])) return false
    throw error
  }
}

/**
 * Where Chromium keeps its lock and its caches while the folder of a profile cannot be written: without a place for
 * its lock it would take itself for a second start, and end. One folder a profile, so that a second start is still
 * noticed. Throws when somebody else has put something in its place.
 */
export function standInFolder(profileDir: string, temporaryFolder: string): string {
  const name = createHash('sha256').update(profileDir).digest('hex').slice(0, 32)
  const folder = join(temporaryFolder, `ferry-${name}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const isOurs =
    process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o077) === 0)
  if (!isOurs || !lstatSync(folder).isDirectory()) {
    throw new Error(`${folder} belongs to somebody else`)
  }
  return folder
}

/**
 * Whether the lock that was refused is somebody else's. It is refused too where it cannot be made (no room for it): then
 * the lock of Chromium (a link to `<host>-<pid>`) is missing, or names this process. On Windows a refusal means that.
 */
export function isLockedByAnother(userData: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return true
  try {
    return !readlinkSync(join(userData, 'SingletonLock')).endsWith(`-${process.pid}`)
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return false
    throw error
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
