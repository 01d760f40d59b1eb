import type Database from 'better-sqlite3'

/** What a database says of itself as a whole, by names. */
export interface Meta {
  get(name: string): string | undefined
  put(name: string, value: string): void
  drop(name: string): void
}

/** The table `meta` of a database. */
export function metaOf(database: Database.Database): Meta {
  const get = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck()
  const put = database.prepare<[string, string]>(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const drop = database.prepare<[string]>('DELETE FROM meta WHERE name = ?')
  return {
    get: (name) => get.get(name),
    put: (name, value) => void put.run(name, value),
    drop: (name) => void drop.run(name),
  }
}
