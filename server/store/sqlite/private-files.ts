import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** Anybody but the owner. */
const OTHERS = 0o077

/** Makes the folder for its owner alone, or takes it as it is: what is in it is private all the same. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
}

/** Whether others than its owner come into a folder, who did not get it from us so. */
export function isOpenToOthers(folder: string): boolean {
  // Windows knows no modes.
  return process.getuid !== undefined && (statSync(folder).mode & OTHERS) !== 0
}

/** Takes the files whose names begin so from all but their owner. */
export function makePrivateAgain(folder: string, beginning: string): void {
  for (const each of readdirSync(folder)) {
    if (!each.startsWith(beginning)) continue
    const file = join(folder, each)
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats?.isFile() !== true || stats.uid !== process.getuid?.()) continue
    if ((stats.mode & OTHERS) !== 0) chmodSync(file, stats.mode & ~OTHERS & 0o777)
  }
}

/** Makes a database's file, or takes it as it is, readable by its owner only: SQLite gives those beside it its mode. */
export function makePrivateFile(folder: string, name: string): void {
  closeSync(openSync(join(folder, name), 'a', FILE_MODE))
  makePrivateAgain(folder, name)
}
