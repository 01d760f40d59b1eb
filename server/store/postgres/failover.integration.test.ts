import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../test-support/postgres-server.ts'
import { ServerProcess } from '../../test-support/server-process.ts'
import { WireClient } from '../../test-support/wire-client.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres.dispose())

let url: string
let node: ServerProcess
let other: ServerProcess
beforeEach(async () => {
  url = await postgres.createDatabase()
  const start = () => ServerProcess.start(['--rate-limit', '0', '--database', url])
  node = await start()
  other = await start()
})
afterEach(async () => {
  await node.dispose()
  await other.dispose()
})

/** Has somebody write to a group: the token, the group, and when each message was stored. */
async function write(bodies: readonly string[]) {
  const { token } = await node.account('ann')
  const client = await WireClient.open(node.url, token)
  const made = await client.ask('conversation.create', { kind: 'group', members: [] })
  const conversation = made.conversation.id
  const times: string[] = []
  for (const body of bodies) {
    times.push((await client.send(conversation, body)).message.createdAt)
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(times.at(-1) ?? ''))
  }
  await client.cut()
  return { token, conversation, times }
}

/** Crashes the database, and starts it again after losing all commits of a stream from a seq on. */
async function fail(conversation: string, lostFrom: number | null): Promise<void> {
  await postgres.stop('crash')
  await postgres.start()
  if (lostFrom === null) return
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const statement of [
    'DELETE FROM messages WHERE conversation = $1 AND seq >= $2',
    'DELETE FROM events WHERE stream = $1 AND seq >= $2',
    'UPDATE streams SET head = $2::bigint - 1 WHERE stream = $1',
  ]) {
    await client.query(statement, [conversation, lostFrom])
  }
  await client.end()
}

/** What a node says of its database; null while it does not let anybody in. */
async function serverOf(at: ServerProcess, token: string) {
  try {
    const client = await WireClient.connect(at.url)
    const { server } = await client.hello(token)
    await client.cut()
    return server
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

test('[V8] a failover that lost what was acknowledged: every node begins anew under a new name, and says since when', async () => {
  const { token, conversation, times } = await write(['kept', 'lost', 'lost too'])
  const before = await serverOf(other, token)
  await fail(conversation, 3)
  const renewed = {
    restoredTo: times[0],
    instance: expect.not.stringContaining(before?.instance ?? ''),
  }
  await expect.poll(() => serverOf(node, token), { timeout: 20_000 }).toMatchObject(renewed)
  const now = await serverOf(node, token)
  await expect
    .poll(() => serverOf(other, token), { timeout: 20_000 })
    .toMatchObject({ ...renewed, instance: now?.instance })
  const client = await WireClient.open(node.url, token)
  expect(await client.send(conversation, 'goes on')).toMatchObject({ seq: 3 })
  await client.cut()
  expect(node.stderr).toContain('is not the one that this server began on')
}, 60_000)

test('[V8] a failover that lost nothing changes nothing', async () => {
  const { token, conversation } = await write(['kept', 'kept too'])
  const before = await serverOf(node, token)
  await fail(conversation, null)
  await expect
    .poll(() => serverOf(node, token), { timeout: 20_000 })
    .toMatchObject({ instance: before?.instance })
  const client = await WireClient.open(node.url, token)
  expect(await client.send(conversation, 'goes on')).toMatchObject({ seq: 4 })
  await client.cut()
  expect(node.stderr).not.toContain('began on')
}, 60_000)
