import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'
import { metaOf } from './meta.ts'

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
  const meta = metaOf(database)
  database.transaction(() => {
    meta.put('instance', randomUUID())
    meta.put('restored_to', new Date(newest ?? 0).toISOString())
    meta.drop(COPY_MARK)
  })()
}

/** Makes a database say that it is a copy: each time that it is put back, its first start gives it a new name. */
export function markCopy(database: Database.Database): void {
  metaOf(database).put(COPY_MARK, 'yes')
}

/** Whether a database says that it is a copy. */
export function isCopy(database: Database.Database): boolean {
  return metaOf(database).get(COPY_MARK) !== undefined
}
