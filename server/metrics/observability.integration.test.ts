import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { startRedis, type TestRedis } from '../test-support/redis-server.ts'
import { post, ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

/** In every text, password and address of the run, and in nothing else. */
const SECRET = 'quetzalcoatl'
const CAP = 100
const MESSAGES = 1_500

let postgres: PostgresServer
let redis: TestRedis
let server: ServerProcess
let token: string

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  const database = new URL(await postgres.createDatabase())
  database.password = SECRET
  server = await ServerProcess.start([
    ...['--database', database.href, '--redis', redis.url],
    ...['--stream-cap', String(CAP), '--rate-limit', '0'],
  ])
})
afterAll(async () => {
  await server.dispose()
  await Promise.all([redis.stop(), postgres.dispose()])
})

const account = (username: string, password: string) => ({
  ...{ username, displayName: username, password },
})

/** What a day on a server has: accounts, mistakes, messages, catching up, and parts that go away. */
async function busyDay(): Promise<void> {
  const password = `${SECRET} is long enough`
  const made = await post(server.url, '/v1/accounts', account('ann', password))
  token = z.object({ token: z.string() }).parse(made.body).token
  await post(server.url, '/v1/accounts', account('ann', `${password}, again`))
  await post(server.url, '/v1/sessions', { username: 'ann', password: `${SECRET}, a guess` })
  const client = await WireClient.open(server.url, token)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const { id } = conversation
  const body = `about ${SECRET}`
  for (let sent = 0; sent < MESSAGES; sent += 50) {
    await Promise.all(Array.from({ length: 50 }, () => client.send(id, body)))
  }
  const { message } = await client.send(id, body)
  await client.ask('edit', { message: message.id, body: `${body}, edited`, baseVersion: 1 })
  const change = { op: 'edit', message: message.id, body: `${body}, too late`, baseVersion: 1 }
  expect(await client.codeOf({ ...change, key: randomUUID() })).toBe('conflict')
  expect(await client.codeOf({ op: 'send', conversation: id, body: { [SECRET]: 1 } })).toBe(
    'invalid',
  )
  const late = await WireClient.open(server.url, token, { cursors: { [id]: 0 } })
  await late.reached(id, client.cursors[id] ?? 0)
  late.socket.send(`${SECRET} is no frame`)
  expect(await late.closed).toBe(4400)
  const stranger = await WireClient.connect(server.url)
  const hello = { op: 'hello', token: `${SECRET}-token`, device: 'd', cursors: {} }
  expect(await stranger.codeOf(hello)).toBe('unauthenticated')

  // Trimming goes on in the background: the counter moves until the stream is near its cap.
  const trimmed = 'ferry_stream_trimmed_entries_total '
  while (sampleOf(await readMetrics(), trimmed) < MESSAGES - 2 * CAP);

  await postgres.stop('crash')
  const key = randomUUID()
  expect(await client.codeOf({ op: 'send', conversation: id, body, key })).toBe('unavailable')
  await post(server.url, '/v1/sessions', { username: 'ann', password })
  await postgres.start()
  while ((await fetch(`${server.url}/healthz`)).status !== 200);
  await redis.kill()
  while ((await health()).status !== 'degraded');
  await client.send(id, body)
  await redis.restart()
  while ((await health()).status !== 'ok');
  await client.send(id, body)
  await client.cut()
}

const Health = z.object({
  status: z.string(),
  database: z.string(),
  stream: z.string(),
  relayLag: z.int().min(0),
})
const health = async () => Health.parse(await (await fetch(`${server.url}/healthz`)).json())

const readMetrics = async () => await (await fetch(`${server.url}/metrics`)).text()

/** The sum of the samples of a metric with these labels. */
function sampleOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(name))
  if (lines.length === 0) throw new Error(`there is no ${name}`)
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

test('[V7] [V9] a busy run: /metrics tells all that is promised, and the log no text, token or password', async () => {
  await busyDay()
  while (sampleOf(await readMetrics(), 'ferry_connections ') > 0);
  const metrics = await readMetrics()
  const counted = [
    'ferry_requests_total{op="send",code="ok"}',
    'ferry_requests_total{op="unknown",code="invalid"}',
    'ferry_requests_total{op="send",code="unavailable"}',
    'ferry_requests_total{op="edit",code="conflict"}',
    'ferry_requests_total{op="hello",code="unauthenticated"}',
    'ferry_request_seconds_count{op="send"}',
    'ferry_commit_batch_size_count ',
    'ferry_commit_batch_size_sum ',
    'ferry_commit_seconds_count ',
    'ferry_delivery_seconds_count ',
    'ferry_catch_up_page_events_sum ',
    'ferry_closes_total{code="4400"}',
    'ferry_closes_total{code="4401"}',
    'ferry_redis_up ',
    'ferry_stream_appends_total ',
    'ferry_stream_length_count ',
    'ferry_stream_trim_total ',
    'ferry_stream_trimmed_entries_total ',
  ]
  for (const name of counted) expect(sampleOf(metrics, name), name).toBeGreaterThan(0)
  expect(sampleOf(metrics, 'ferry_requests_total{op="send",code="ok"}')).toBe(MESSAGES + 3)
  expect(sampleOf(metrics, 'ferry_commit_batch_size_sum ')).toBeGreaterThan(MESSAGES)
  expect(sampleOf(metrics, 'ferry_relay_lag ')).toBeGreaterThanOrEqual(0)
  expect(sampleOf(metrics, 'ferry_stream_degraded ')).toBe(0)
  expect(await health()).toMatchObject({ status: 'ok', database: 'ok', stream: 'redis' })

  const { stderr } = await server.end('SIGTERM')
  const lines = stderr.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(5)
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) })
  }
  // The requests that failed are there, by connection and id: the log was not merely silent.
  expect(stderr).toContain('"op":"send"')
  expect(stderr).toMatch(/"request":\d+/)
  for (const secret of [SECRET, token]) expect(`${stderr}${metrics}`).not.toContain(secret)
})
