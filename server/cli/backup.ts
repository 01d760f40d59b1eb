import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { renewInstance } from '../store/sqlite/renew-instance.ts'

/** There is nothing to copy, or the copy would overwrite something. */
export class BackupImpossible extends Error {
  override readonly name = 'BackupImpossible'
}

/**
 * Writes a copy of the database in `folder` to `file`, which must not exist: one consistent moment of it, while a server
 * may be using it and is not held up. It is on the disk when this returns, and readable by its owner only. To restore:
 * put the copy in place of the stopped server's database.
 *
 * The copy is another instance: what is written after it was made is another history than what was written to the
 * original, and clients and Redis tell them apart by that name, also once the copy has grown past the original.
 *
 * @throws BackupImpossible; what the file system or SQLite throws, and then there is no copy
 */
export function backUp(folder: string, file: string): void {
  const source = join(folder, DATABASE_FILE)
  if (!existsSync(source)) throw new BackupImpossible(`there is no database in ${folder}`)
  makeEmpty(file)
  try {
    copyInto(source, file)
    const copy = new Database(file)
    try {
      renewInstance(copy)
    } finally {
      copy.close()
    }
    // VACUUM INTO leaves it to the system when its pages get to the disk.
    sync(file)
    sync(dirname(file))
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
}

/** The file for the copy: it holds what everybody wrote, so nobody else may read it from the first byte on. */
function makeEmpty(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new BackupImpossible(`${file} exists`, { cause: error })
    }
    throw error
  }
}

function copyInto(source: string, file: string): void {
  const database = new Database(source, { readonly: true })
  try {
    database.prepare('VACUUM INTO ?').run(file)
  } finally {
    database.close()
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
