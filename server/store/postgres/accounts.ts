import { type Id, userStream } from '../../../protocol/model/primitives.ts'
import type { User } from '../../../protocol/model/user.ts'
import { foldCase } from '../../domain/names.ts'
import { peopleWords } from '../../domain/people-search.ts'
import { isStorableText } from '../../domain/text.ts'
import type { Accounts, NewUser, SessionRow, TokenHash } from '../store.ts'
import type { Statement } from './connection.ts'
import type { Questions } from './questions.ts'
import { isUniqueViolation } from './trouble.ts'

/**
 * The user and the user's own stream, or nothing when the name or its look is taken. Of two with one look at the same
 * moment, the second fails on the look's key.
 */
const INSERT_USER: Statement = {
  name: 'insert_user',
  text: `WITH made AS (
      INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
      SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint
      WHERE NOT EXISTS (SELECT 1 FROM username_looks WHERE look = ANY ($9::text[]))
      ON CONFLICT (username_key) DO NOTHING RETURNING id
    ), held AS (
      INSERT INTO username_looks (look, user_id) SELECT look, id FROM made, unnest($9::text[]) AS look
    ), found_by AS (
      INSERT INTO name_words (word, user_id) SELECT word, id FROM made, unnest($10::text[]) AS word
    ) INSERT INTO streams (stream) SELECT $8 FROM made RETURNING stream`,
}

const CREDENTIALS: Statement = {
  name: 'credentials',
  text: 'SELECT id, username, display_name, password_hash FROM users WHERE username_key = $1',
}

const INSERT_SESSION: Statement = {
  name: 'insert_session',
  text: 'INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
}

const SESSION: Statement = {
  name: 'session',
  text: `SELECT u.id, u.username, u.display_name, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = $1 AND s.expires_at > $2`,
}

const EXTEND_SESSION: Statement = {
  name: 'extend_session',
  text: 'UPDATE sessions SET expires_at = $2 WHERE token_hash = $1',
}

/** With the deletion, in one statement, the other nodes' way to learn of it. */
export const DELETE_SESSION: Statement = {
  name: 'delete_session',
  text: `WITH ended AS (DELETE FROM sessions WHERE token_hash = $1 RETURNING token_hash),
    told AS (INSERT INTO revocations (token_hash) SELECT token_hash FROM ended ON CONFLICT DO NOTHING)
    SELECT token_hash FROM ended`,
}

export const REVOKED_WITHIN: Statement = {
  name: 'revoked_within',
  text: `SELECT token_hash FROM revocations WHERE at > now() - make_interval(secs => $1::float8 / 1000)`,
}

/** Nobody asks for older ones: see RevocationWatch. */
export const FORGET_REVOCATIONS: Statement = {
  name: 'forget_revocations',
  text: `DELETE FROM revocations WHERE token_hash IN (
      SELECT token_hash FROM revocations WHERE at < now() - interval '1 day' LIMIT $1 FOR UPDATE SKIP LOCKED
    ) RETURNING token_hash`,
}

/** Several nodes may do this at once: each takes others' rows for gone. */
const DELETE_EXPIRED: Statement = {
  name: 'delete_expired_sessions',
  text: `DELETE FROM sessions WHERE token_hash IN (
      SELECT token_hash FROM sessions WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING user_id`,
}

interface UserColumns {
  readonly id: Id
  readonly username: string
  readonly display_name: string
}

function userOf({ id, username, display_name }: UserColumns): User {
  return { id, username, displayName: display_name }
}

/** Users and sessions. Each change is one statement, durable when its promise resolves. */
export class PostgresAccounts implements Accounts {
  readonly #questions: Questions

  constructor(questions: Questions) {
    this.#questions = questions
  }

  async createUser(user: NewUser): Promise<boolean> {
    const asked = this.#questions.once(INSERT_USER, [
      user.id,
      user.username,
      user.usernameKey,
      user.displayName,
      foldCase(user.displayName),
      user.passwordHash,
      user.createdAt,
      userStream(user.id),
      user.looks,
      peopleWords(user),
    ])
    try {
      return (await asked).length > 0
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  async credentials(usernameKey: string): Promise<{ user: User; passwordHash: string } | null> {
    // A name that cannot be stored belongs to nobody.
    if (!isStorableText(usernameKey)) return null
    const [row] = await this.#questions.again<UserColumns & { password_hash: string }>(
      CREDENTIALS,
      [usernameKey],
    )
    return row === undefined ? null : { user: userOf(row), passwordHash: row.password_hash }
  }

  async createSession(session: {
    tokenHash: TokenHash
    user: Id
    createdAt: number
    expiresAt: number
  }): Promise<void> {
    const { tokenHash, user, createdAt, expiresAt } = session
    await this.#questions.once(INSERT_SESSION, [tokenHash, user, createdAt, expiresAt])
  }

  async session(tokenHash: TokenHash, now: number): Promise<SessionRow | null> {
    const [row] = await this.#questions.again<UserColumns & { expires_at: number }>(SESSION, [
      tokenHash,
      now,
    ])
    return row === undefined ? null : { user: userOf(row), expiresAt: row.expires_at }
  }

  async extendSession(tokenHash: TokenHash, expiresAt: number): Promise<void> {
    await this.#questions.again(EXTEND_SESSION, [tokenHash, expiresAt])
  }

  async deleteSession(tokenHash: TokenHash): Promise<boolean> {
    const rows = await this.#questions.once(DELETE_SESSION, [tokenHash])
    return rows.length > 0
  }

  async deleteExpiredSessions(now: number, limit: number): Promise<number> {
    const rows = await this.#questions.again(DELETE_EXPIRED, [now, limit])
    let forgotten: unknown[]
    do forgotten = await this.#questions.again(FORGET_REVOCATIONS, [limit])
    while (forgotten.length === limit)
    return rows.length
  }

  async revokedWithin(ms: number): Promise<readonly TokenHash[]> {
    const rows = await this.#questions.again<{ token_hash: TokenHash }>(REVOKED_WITHIN, [ms])
    return rows.map((row) => row.token_hash)
  }
}
