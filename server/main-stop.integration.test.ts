import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from './test-support/postgres-server.ts'
import { startRedis, type TestRedis } from './test-support/redis-server.ts'
import { ServerProcess } from './test-support/server-process.ts'
import { WireClient } from './test-support/wire-client.ts'

let postgres: PostgresServer
let redis: TestRedis
let server: ServerProcess
let conversation: string
let token: string
let client: WireClient
beforeEach(async () => {
  postgres = await startPostgres()
  redis = await startRedis()
  const database = await postgres.createDatabase()
  server = await ServerProcess.start(['--database', database, '--redis', redis.url])
  token = (await server.account('ann')).token
  client = await WireClient.open(server.url, token)
  const made = await client.ask('conversation.create', { kind: 'group', members: [] })
  conversation = made.conversation.id
}, 60_000)
afterEach(async () => {
  await server.dispose()
  await redis.stop()
  await postgres.dispose()
})

/** Sends what nothing answers, and stops the server meanwhile; how it ended, and after how many ms. */
async function stopWithRequestsUnderWay() {
  const unanswered = Array.from({ length: 20 }, (_, i) =>
    client.send(conversation, `doubtful ${i}`).then(
      () => 'answered',
      () => 'not answered',
    ),
  )
  // A ping is answered after what was sent before it has been read.
  const pong = new Promise((resolve) => client.socket.once('pong', resolve))
  client.socket.ping()
  await pong
  const began = performance.now()
  const ending = await server.end('SIGTERM')
  return { ending, ms: performance.now() - began, answers: await Promise.all(unanswered) }
}

test('[V11] [V24] PostgreSQL and Redis frozen: SIGTERM ends it within 5 s with 0, and says what was in doubt', async () => {
  await client.send(conversation, 'acknowledged')
  await postgres.freeze()
  redis.freeze()
  try {
    const { ending, ms, answers } = await stopWithRequestsUnderWay()
    expect(ending).toMatchObject({ code: 0, signal: null })
    expect(ms).toBeLessThan(5_000)
    expect(ending.stderr).toContain('"commands":20')
    expect(answers).not.toContain('answered')
  } finally {
    redis.thaw()
    await postgres.thaw()
  }
  await server.restart()
  const back = await WireClient.open(server.url, token)
  const { messages } = await back.ask('history', { conversation, limit: 200 })
  expect(messages.map(({ body }) => body)).toContain('acknowledged')
  await back.cut()
}, 60_000)

test('[V11] [V24] PostgreSQL and Redis gone: SIGTERM ends it within 5 s with 0', async () => {
  await postgres.stop('crash')
  await redis.kill()
  const { ending, ms } = await stopWithRequestsUnderWay()
  expect(ending).toMatchObject({ code: 0, signal: null })
  expect(ms).toBeLessThan(5_000)
  await postgres.start()
}, 60_000)

test('[V11] [V24] SIGTERM before it has started, as the database lets it wait: it ends with 1 within 5 s and says so', async () => {
  const database = await postgres.createDatabase()
  const other = new pg.Client({ connectionString: database })
  await other.connect()
  // What a node takes to migrate; whoever has it lets others wait.
  await other.query(`SELECT pg_advisory_lock(${0x66_65_72_72_79})`)
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main, '--port', '0', '--database', database])
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const waits = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
  await expect.poll(async () => (await other.query(waits)).rowCount, { timeout: 20_000 }).toBe(1)
  const began = performance.now()
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(said).toContain('ended before it had started')
  await other.end()
}, 60_000)
