import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'

/** In `meta`, of a file that `backup` wrote and no server has run on yet. */
const COPY_MARK = 'copy'

/**
 * Gives a copy of a database a name of its own, and notes up to when it knows what its original said [V8]: the time of
 * its newest message, by the clock that all messages go by.
 */
export function renewInstance(database: Database.Database): void {
  const newest = database
    .prepare<[], number | null>('SELECT max(created_at) FROM messages')
    .pluck()
    .get()
  const put = database.prepare<[string, string]>(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const drop = database.prepare<[string]>('DELETE FROM meta WHERE name = ?')
  database.transaction(() => {
    put.run('instance', randomUUID())
    put.run('restored_to', new Date(newest ?? 0).toISOString())
    drop.run(COPY_MARK)
  })()
}

/** Makes a database say that it is a copy: each time that it is put back, its first start gives it a new name. */
export function markCopy(database: Database.Database): void {
  database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, 'yes')").run(COPY_MARK)
}

/** Whether a database says that it is a copy. */
export function isCopy(database: Database.Database): boolean {
  const mark = database.prepare<[string]>('SELECT 1 FROM meta WHERE name = ?').get(COPY_MARK)
  return mark !== undefined
}
