import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../test-support/postgres-server.ts'
import * as accounts from './accounts.ts'
import * as changes from './change-statements.ts'
import { createClient, createPool, type Statement } from './connection.ts'
import * as facts from './facts-statements.ts'
import { LOCK } from './lock-streams.ts'
import { migrate } from './migrate.ts'
import * as reads from './read-statements.ts'
import * as relay from './relay-statements.ts'

let server: PostgresServer
let pool: pg.Pool
let client: pg.PoolClient
beforeAll(async () => {
  server = await startPostgres()
  const url = await server.createDatabase()
  const first = createClient(url)
  await first.connect()
  await migrate(first)
  await first.end()
  pool = createPool(url, 1)
  client = await pool.connect()
})
afterAll(async () => {
  client.release()
  await pool.end()
  await server.dispose()
})

const statements = Object.values({
  ...accounts,
  ...changes,
  ...facts,
  ...reads,
  ...relay,
  LOCK,
}).filter((value): value is Statement => typeof value === 'object' && 'text' in value)

test('there are statements to look at, each with a name of its own', () => {
  expect(statements.length).toBeGreaterThan(25)
  expect(new Set(statements.map(({ name }) => name)).size).toBe(statements.length)
})

test.each(statements)(
  '$name finds its rows by an index, however large the tables',
  async ({ name, text }) => {
    await client.query(`PREPARE ${name} AS ${text}`)
    const { rows } = await client.query<{ parameters: number }>(
      'SELECT coalesce(array_length(parameter_types, 1), 0) AS parameters FROM pg_prepared_statements WHERE name = $1',
      [name],
    )
    const parameters = Array.from({ length: rows[0]?.parameters ?? 0 }, () => 'NULL').join(', ')
    const plan = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE ${name}${parameters === '' ? '' : ` (${parameters})`}`,
    )
    const steps = plan.rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(steps).not.toContain('Seq Scan')
    // An index that is walked from end to end is no better, but for one that holds only what is wanted.
    const wanted = steps.matchAll(/ Scan using (\w+) /g)
    const walked = [...wanted].filter(([, index]) => index !== 'streams_behind')
    expect(steps.split('Index Cond:').length - 1, steps).toBeGreaterThanOrEqual(walked.length)
  },
)
