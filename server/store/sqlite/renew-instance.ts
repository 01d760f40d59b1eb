import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'

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
  database.transaction(() => {
    put.run('instance', randomUUID())
    put.run('restored_to', new Date(newest ?? 0).toISOString())
  })()
}
