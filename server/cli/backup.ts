import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'

/** There is nothing to copy, or the copy would overwrite something. */
export class BackupImpossible extends Error {
  override readonly name = 'BackupImpossible'
}

/**
 * Writes a copy of the database in `folder` to `file`, which must not exist: one consistent moment of it, while a server
 * may be using it and is not held up. To restore: put the copy in place of the stopped server's database.
 *
 * @throws BackupImpossible
 */
export function backUp(folder: string, file: string): void {
  const source = join(folder, DATABASE_FILE)
  if (!existsSync(source)) throw new BackupImpossible(`there is no database in ${folder}`)
  if (existsSync(file)) throw new BackupImpossible(`${file} exists`)
  const database = new Database(source, { readonly: true })
  try {
    database.prepare('VACUUM INTO ?').run(file)
  } finally {
    database.close()
  }
}
