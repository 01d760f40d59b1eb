import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../test-support/postgres-server.ts'
import { DELETE_SESSION, FORGET_REVOCATIONS, REVOKED_WITHIN } from './accounts.ts'
import { MIGRATIONS, type Migration, migrate, SchemaTooNew } from './migrate.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server.dispose())

/** Runs something on a connection of its own to a database. */
async function on<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function versions(url: string): Promise<number[]> {
  return on(url, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      'SELECT version FROM schema_versions ORDER BY version',
    )
    return rows.map(({ version }) => version)
  })
}

async function tables(url: string): Promise<string[]> {
  return on(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    )
    return rows.map(({ name }) => name)
  })
}

/** What a later version of this program might add. */
const later: Migration = {
  version: MIGRATIONS.length + 1,
  statements: [
    'ALTER TABLE conversations ADD COLUMN topic text',
    "UPDATE conversations SET topic = title WHERE kind = 'group'",
  ],
}

test('versions run 1, 2, 3 … without a gap', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
})

test('nodes that start at once apply each step once', async () => {
  const url = await server.createDatabase()
  await Promise.all(Array.from({ length: 5 }, () => on(url, (client) => migrate(client))))
  expect(await versions(url)).toEqual(MIGRATIONS.map(({ version }) => version))
  await on(url, (client) => migrate(client))
  expect(await versions(url)).toEqual(MIGRATIONS.map(({ version }) => version))
})

test('a database of the version before is brought up to date with what is in it', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client))
  await on(url, async (client) => {
    await client.query("INSERT INTO streams (stream, head) VALUES ('c1', 1)")
    await client.query(
      "INSERT INTO conversations (id, kind, title, created_at) VALUES ('c1', 'group', 'Old', 1)",
    )
  })
  await Promise.all(
    Array.from({ length: 3 }, () => on(url, (client) => migrate(client, [...MIGRATIONS, later]))),
  )
  expect(await versions(url)).toContain(later.version)
  const topics = await on(url, async (client) => {
    const { rows } = await client.query<{ topic: string }>('SELECT topic FROM conversations')
    return rows.map(({ topic }) => topic)
  })
  expect(topics).toEqual(['Old'])
})

test('002: sessions of the version before stay, and their ends are remembered from then on', async () => {
  const url = await server.createDatabase()
  const [first] = MIGRATIONS
  if (first === undefined) throw new Error('no first migration')
  await on(url, (client) => migrate(client, [first]))
  await on(url, async (client) => {
    await client.query(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       VALUES ('ann', 'ann', 'ann', 'Ann', 'ann', 'none', 1)`,
    )
    await client.query(
      "INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES ('\\x01', 'ann', 1, 9)",
    )
  })
  await on(url, (client) => migrate(client))
  await on(url, async (client) => {
    const tokenHash = Buffer.from([1])
    const ended = await client.query({ ...DELETE_SESSION, values: [tokenHash] })
    expect(ended.rows).toEqual([{ token_hash: tokenHash }])
    expect((await client.query({ ...DELETE_SESSION, values: [tokenHash] })).rows).toEqual([])
    const told = await client.query({ ...REVOKED_WITHIN, values: [60_000] })
    expect(told.rows).toEqual([{ token_hash: tokenHash }])
    await client.query("UPDATE revocations SET at = now() - interval '2 minutes'")
    expect((await client.query({ ...REVOKED_WITHIN, values: [60_000] })).rows).toEqual([])
    await client.query({ ...FORGET_REVOCATIONS, values: [10] })
    await client.query("UPDATE revocations SET at = now() - interval '2 days'")
    expect((await client.query({ ...FORGET_REVOCATIONS, values: [10] })).rowCount).toBe(1)
  })
})

test('003: members of the version before stay, with marks that claim nothing', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 2)))
  await on(url, async (client) => {
    await client.query("INSERT INTO streams (stream, head) VALUES ('c1', 9)")
    await client.query(
      "INSERT INTO conversations (id, kind, title, created_at) VALUES ('c1', 'group', 'Old', 1)",
    )
    await client.query(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       VALUES ('ann', 'ann', 'ann', 'Ann', 'ann', 'none', 1)`,
    )
    await client.query(
      "INSERT INTO memberships (conversation, user_id, role, seq, read_up_to) VALUES ('c1', 'ann', 'owner', 1, 5)",
    )
  })
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 3)))
  const rows = await on(url, async (client) => {
    const found = await client.query(
      'SELECT read_up_to::int, delivered_up_to::int, joined::int FROM memberships',
    )
    return found.rows
  })
  expect(rows).toEqual([{ read_up_to: 5, delivered_up_to: 0, joined: 0 }])
})

test('[V19] 004: users who look alike already stay, and the first of them holds the look', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 3)))
  await on(url, async (client) => {
    await client.query(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       SELECT 'u' || lpad(n::text, 6, '0'), name, name, name, name, 'none', n
       FROM (SELECT n, CASE n WHEN 1 THEN 'alice' WHEN 2 THEN 'аlice' WHEN 3 THEN 'a1ice' ELSE 'user' || n END AS name
         FROM generate_series(1, 12000) AS n) AS names`,
    )
  })
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 4)))
  const looks = await on(url, async (client) => {
    const { rows } = await client.query<{ look: string; user_id: string }>(
      'SELECT look, user_id FROM username_looks ORDER BY user_id',
    )
    return rows
  })
  expect(looks.find(({ look }) => look === 'alice')).toEqual({ look: 'alice', user_id: 'u000001' })
  expect(looks.some(({ user_id }) => user_id === 'u012000')).toBe(true)
  expect(
    await on(url, async (client) => (await client.query('SELECT id FROM users')).rowCount),
  ).toBe(12_000)
})

test('[F24] 005: people who are there already are found by every word of their names', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 4)))
  await on(url, async (client) => {
    await client.query(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       SELECT 'u' || lpad(n::text, 6, '0'), 'user' || n, 'user' || n, 'László Kovács', 'lászló kovács', 'none', n
       FROM generate_series(1, 12000) AS n`,
    )
  })
  await on(url, (client) => migrate(client, MIGRATIONS.slice(0, 5)))
  const found = await on(url, async (client) => {
    const { rows } = await client.query<{ word: string; users: number }>(
      "SELECT word, count(*)::int AS users FROM name_words WHERE word !~ '^user' GROUP BY word ORDER BY word",
    )
    return rows
  })
  expect(found).toEqual([
    { word: 'kovacs', users: 12_000 },
    { word: 'laszlo', users: 12_000 },
  ])
})

test('a step that fails leaves nothing behind', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client))
  const before = await tables(url)
  const broken: Migration = {
    version: later.version,
    statements: ['CREATE TABLE half_done (id text)', 'SELECT no_such_column'],
  }
  const failing = on(url, (client) => migrate(client, [...MIGRATIONS, broken]))
  await expect(failing).rejects.toMatchObject({ code: '42703' })
  expect(await tables(url)).toEqual(before)
  await on(url, (client) => migrate(client, [...MIGRATIONS, later]))
  expect(await versions(url)).toContain(later.version)
})

test('a database of a newer version is left alone', async () => {
  const url = await server.createDatabase()
  await on(url, (client) => migrate(client, [...MIGRATIONS, later]))
  await expect(on(url, (client) => migrate(client))).rejects.toBeInstanceOf(SchemaTooNew)
})
