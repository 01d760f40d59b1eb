import type { Database } from 'better-sqlite3'
import { z } from 'zod'
import { refuseNewer } from './look-at-file.ts'

/** Takes a database from version - 1 to version. */
export interface Migration {
  /** 1, 2, 3 … without a gap; kept in the database as user_version. */
  readonly version: number
  /** SQL of the step. */
  readonly up: string
}

const Version = z.int().min(0)

/** The version a database has now; 0 for a new one. */
export function databaseVersion(db: Database): number {
  return Version.parse(db.pragma('user_version', { simple: true }))
}

/**
 * Brings a database to the newest version, each step in a transaction of its own, so that a kill in between is
 * continued at the next start. Throws StorageError `newer_version`, with nothing touched, for one of a later program.
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  const present = databaseVersion(db)
  const newest = migrations.at(-1)?.version ?? 0
  refuseNewer(present, newest)
  for (const { version, up } of migrations) {
    if (version <= present) continue
    db.transaction(() => {
      db.exec(up)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  }
}
