import type Database from 'better-sqlite3'
import type { Id } from '../../../protocol/model/primitives.ts'
import { userStream } from '../../../protocol/model/primitives.ts'
import type { User } from '../../../protocol/model/user.ts'
import { foldCase } from '../../domain/names.ts'
import { peopleWords } from '../../domain/people-search.ts'
import type { Accounts, NewUser, SessionRow, TokenHash } from '../store.ts'
import { patiently } from './patience.ts'
import { toStoreError } from './trouble.ts'

/** Users and sessions. Each change is a transaction of its own, durable when its promise resolves. */
export class SqliteAccounts implements Accounts {
  readonly #db: Database.Database
  readonly #statements: ReturnType<typeof prepareAccounts>

  constructor(db: Database.Database) {
    this.#db = db
    this.#statements = prepareAccounts(db)
  }

  async createUser(user: NewUser): Promise<boolean> {
    return patiently(() =>
      this.#db
        .transaction(() => {
          const { looks, ...row } = user
          if (looks.some((look) => this.#statements.look.get(look) !== undefined)) return false
          const { changes } = this.#statements.insertUser.run({
            ...row,
            displayKey: foldCase(user.displayName),
          })
          if (changes === 0) return false
          for (const look of looks) this.#statements.insertLook.run(look, user.id)
          for (const word of peopleWords(user)) this.#statements.insertWord.run(word, user.id)
          this.#statements.insertStream.run(userStream(user.id))
          return true
        })
        .immediate(),
    )
  }

  async credentials(usernameKey: string): Promise<{ user: User; passwordHash: string } | null> {
    return guarded(() => {
      const row = this.#statements.credentials.get(usernameKey)
      if (row === undefined) return null
      const { passwordHash, ...user } = row
      return { user, passwordHash }
    })
  }

  async createSession(session: {
    tokenHash: TokenHash
    user: Id
    createdAt: number
    expiresAt: number
  }): Promise<void> {
    await patiently(() =>
      this.#statements.insertSession.run(
        session.tokenHash,
        session.user,
        session.createdAt,
        session.expiresAt,
      ),
    )
  }

  async session(tokenHash: TokenHash, now: number): Promise<SessionRow | null> {
    return guarded(() => {
      const row = this.#statements.session.get(tokenHash, now)
      if (row === undefined) return null
      const { expiresAt, ...user } = row
      return { user, expiresAt }
    })
  }

  async extendSession(tokenHash: TokenHash, expiresAt: number): Promise<void> {
    await patiently(() => this.#statements.extendSession.run(expiresAt, tokenHash))
  }

  async deleteSession(tokenHash: TokenHash): Promise<boolean> {
    return patiently(() => this.#statements.deleteSession.run(tokenHash).changes > 0)
  }

  async deleteExpiredSessions(now: number, limit: number): Promise<number> {
    return patiently(() => this.#statements.deleteExpired.run(now, limit).changes)
  }

  /** None: the folder is this process's alone, so that nobody else revokes. */
  async revokedWithin(): Promise<readonly TokenHash[]> {
    return []
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStoreError(error)
  }
}

function prepareAccounts(db: Database.Database) {
  return {
    look: db.prepare<[string], { user: Id }>('SELECT user FROM username_looks WHERE look = ?'),
    insertLook: db.prepare<[string, Id]>('INSERT INTO username_looks (look, user) VALUES (?, ?)'),
    insertWord: db.prepare<[string, Id]>('INSERT INTO name_words (word, user) VALUES (?, ?)'),
    insertUser: db.prepare<Omit<NewUser, 'looks'> & { displayKey: string }>(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       VALUES ($id, $username, $usernameKey, $displayName, $displayKey, $passwordHash, $createdAt)
       ON CONFLICT (username_key) DO NOTHING`,
    ),
    insertStream: db.prepare<[string]>('INSERT INTO streams (id) VALUES (?)'),
    credentials: db.prepare<[string], User & { passwordHash: string }>(
      `SELECT id, username, display_name AS displayName, password_hash AS passwordHash
       FROM users WHERE username_key = ?`,
    ),
    insertSession: db.prepare<[TokenHash, Id, number, number]>(
      'INSERT INTO sessions (token_hash, user, created_at, expires_at) VALUES (?, ?, ?, ?)',
    ),
    session: db.prepare<[TokenHash, number], User & { expiresAt: number }>(
      `SELECT u.id, u.username, u.display_name AS displayName, s.expires_at AS expiresAt
       FROM sessions s JOIN users u ON u.id = s.user WHERE s.token_hash = ? AND s.expires_at > ?`,
    ),
    extendSession: db.prepare<[number, TokenHash]>(
      'UPDATE sessions SET expires_at = ? WHERE token_hash = ?',
    ),
    deleteSession: db.prepare<[TokenHash]>('DELETE FROM sessions WHERE token_hash = ?'),
    deleteExpired: db.prepare<[number, number]>(
      `DELETE FROM sessions WHERE token_hash IN
         (SELECT token_hash FROM sessions WHERE expires_at <= ? LIMIT ?)`,
    ),
  }
}
