import type pg from 'pg'
import { first } from './migrations/001-first.ts'
import { revocations } from './migrations/002-revocations.ts'
import { receipts } from './migrations/003-receipts.ts'
import { usernameLooksTable } from './migrations/004-username-looks.ts'
import { nameWordsTable } from './migrations/005-name-words.ts'

/** One step of the schema. Steps are applied in order, each once, each in a transaction of its own. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number
  readonly statements: readonly string[]
  /** What SQL cannot do, after them and in the same transaction. */
  run?(client: pg.ClientBase): Promise<void>
}

/** Every step, oldest first. One that was released is never changed; what is new is a new file. */
export const MIGRATIONS: readonly Migration[] = [
  first,
  revocations,
  receipts,
  usernameLooksTable,
  nameWordsTable,
]

/** The database was written by a newer version of this program, which this one could damage. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/** Key of the advisory lock that lets one node migrate while the others wait. Any constant: these are 'ferry'. */
const LOCK_KEY = 0x66_65_72_72_79

/**
 * Brings the schema to the newest version. Safe to call from several nodes at once: each step takes an advisory lock
 * until its transaction ends, and looks again at what is there.
 *
 * @throws SchemaTooNew when the database is ahead of `migrations`
 */
export async function migrate(
  client: pg.ClientBase,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  let more = true
  while (more) more = await applyNext(client, migrations)
}

/** Applies the next step, if there is one; whether there was. */
async function applyNext(
  client: pg.ClientBase,
  migrations: readonly Migration[],
): Promise<boolean> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY])
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_versions (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    )
    const { rows } = await client.query<{ version: number }>(
      'SELECT coalesce(max(version), 0)::int AS version FROM schema_versions',
    )
    const current = rows[0]?.version ?? 0
    const newest = migrations.at(-1)?.version ?? 0
    if (current > newest) {
      throw new SchemaTooNew(
        `the database has schema ${current}, and this version of Ferry knows ${newest}: start a newer one`,
      )
    }
    const next = migrations.find((migration) => migration.version === current + 1)
    if (next !== undefined) {
      for (const statement of next.statements) await client.query(statement)
      await next.run?.(client)
      await client.query('INSERT INTO schema_versions (version) VALUES ($1)', [next.version])
    }
    await client.query('COMMIT')
    return next !== undefined
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
