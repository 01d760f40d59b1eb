import type Database from 'better-sqlite3'
import type { Id } from '../../../../protocol/model/primitives.ts'
import { usernameLooks } from '../../../domain/skeleton.ts'
import type { Migration } from '../migrate.ts'

/**
 * What usernames look like, each look held by one user: see usernameLooks(). Of users who already looked alike, the one
 * who came first holds the look, and the others stay as they are.
 */
export const usernameLooksTable: Migration = {
  version: 4,
  sql: 'CREATE TABLE username_looks (look TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID',
  run(database: Database.Database): void {
    const users = database.prepare<[], { id: Id; username: string }>(
      'SELECT id, username FROM users ORDER BY created_at, id',
    )
    const insert = database.prepare<[string, Id]>(
      'INSERT INTO username_looks (look, user) VALUES (?, ?) ON CONFLICT DO NOTHING',
    )
    for (const { id, username } of users.all()) {
      for (const look of usernameLooks(username)) insert.run(look, id)
    }
  },
}
