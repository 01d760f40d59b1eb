import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { User } from '../../protocol/model/user.ts'
import { readRow } from './row.ts'

const Row = z.object({ id: z.string(), username: z.string(), display_name: z.string() })

/** Everyone whose name was ever told, so that old messages keep theirs. */
export class UsersTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, string, string]>

  constructor(db: Database) {
    this.#all = db.prepare('SELECT id, username, display_name FROM users')
    this.#put = db.prepare(`
      INSERT INTO users (id, username, display_name) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        username = excluded.username, display_name = excluded.display_name`)
  }

  load(): User[] {
    return this.#all.all().map((raw) => {
      const { id, username, display_name: displayName } = readRow(Row, raw)
      return { id, username, displayName }
    })
  }

  put({ id, username, displayName }: User): void {
    this.#put.run(id, username, displayName)
  }
}
