import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../../protocol/model/message.ts'
import type { AnyCommand, ReplyBody } from '../../domain/command.ts'
import type { CommittedStream } from '../../domain/stream-entry.ts'
import { startCommitCutter } from '../../test-support/commit-cutter.ts'
import { makeCommand } from '../../test-support/make-command.ts'
import { type PostgresServer, startPostgres } from '../../test-support/postgres-server.ts'
import { type Outcome, type Store, StoreUnavailable } from '../store.ts'
import { createPool } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'

let server: PostgresServer
let url: string
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server.dispose())

let store: Store
let told: CommittedStream[]
beforeEach(async () => {
  url = await server.createDatabase()
  store = await open(url)
  for (const name of ['ann', 'bob']) {
    await store.createUser({
      id: name,
      username: name,
      usernameKey: name,
      looks: [name],
      displayName: name,
      passwordHash: 'none',
      createdAt: 0,
    })
  }
})
afterEach(() => store.close())

/** Opens a store that writes down what it tells. */
async function open(connectionString: string): Promise<Store> {
  told = []
  return openPostgresStore(connectionString, {
    now: Date.now,
    editWindowMs: 60_000,
    onCommitted: (committed) => told.push(...committed),
    observer: { committed: () => undefined },
  })
}

async function makeConversation(): Promise<string> {
  const asked = { kind: 'group' as const, members: ['bob'] }
  const outcome = await store.execute(makeCommand('conversation.create', 'ann', asked))
  if (!outcome.ok) throw new Error(outcome.error.code)
  return (outcome.reply as ReplyBody<'conversation.create'>).conversation.id
}

function sentMessage(outcome: Outcome): Message {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return (outcome.reply as ReplyBody<'send'>).message
}

/** Bodies of all messages, oldest first; fails when the stream has a gap. */
async function bodies(conversation: string): Promise<(string | undefined)[]> {
  const page = { stream: conversation, after: 0, limit: 10_000, maxBytes: 1 << 24 }
  const { entries, head } = await store.entriesAfter(page)
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
  return entries.flatMap(({ json }) => {
    const event = JSON.parse(json)
    return event.type === 'message.created' ? [event.message.body] : []
  })
}

/** Gives a command until it is answered; how often the database was away. */
async function insist(command: AnyCommand): Promise<{ outcome: Outcome; refusals: number }> {
  for (let refusals = 0; ; refusals += 1) {
    try {
      return { outcome: await store.execute(command), refusals }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

test('[V3] [V4] crashes of the database under load lose nothing that was acknowledged, and repeat nothing', async () => {
  const conversation = await makeConversation()
  const acknowledged: string[] = []
  const sender = async (actor: string): Promise<void> => {
    for (let i = 0; i < 150; i += 1) {
      const body = `${actor} ${i}`
      const { outcome } = await insist(makeCommand('send', actor, { conversation, body }))
      sentMessage(outcome)
      acknowledged.push(body)
    }
  }
  const crash = async (): Promise<void> => {
    await server.stop('crash')
    await server.start()
  }
  const senders = Promise.all(['ann', 'bob', 'ann', 'bob'].map((actor) => sender(actor)))
  for (let i = 0; i < 3; i += 1) await crash()
  await senders
  const stored = await bodies(conversation)
  expect([...stored].sort()).toEqual([...acknowledged].sort())
}, 120_000)

test('[V8] while the database is away every request says so, and all heals by itself', async () => {
  const conversation = await makeConversation()
  const send = makeCommand('send', 'ann', { conversation, body: 'patient' })
  await server.stop('fast')
  const page = { stream: conversation, after: 0, limit: 10, maxBytes: 1024 }
  const attempts = [
    store.probe(),
    store.execute(send),
    store.entriesAfter(page),
    store.readableHeads('ann'),
    store.credentials('ann'),
    store.session(new Uint8Array(32), 0),
    store.unrelayed(10),
    store.markRelayed(new Map([[conversation, 1]])),
  ]
  const settled = await Promise.allSettled(attempts)
  for (const attempt of settled) {
    expect(attempt).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
  }
  await server.start()
  await store.probe()
  expect(await store.execute(send)).toMatchObject({ ok: true, duplicate: false })
  expect(await bodies(conversation)).toEqual(['patient'])
})

test('[V9] a database that can be read and not written to is no healthy one, and heals by itself', async () => {
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  await store.probe()
  for (const table of ['messages', 'events', 'streams', 'keys', 'meta']) {
    await other.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`)
    await expect(store.probe(), table).rejects.toThrow(StoreUnavailable)
    await other.query('ROLLBACK')
    await store.probe()
  }
  const setReadOnly = async (value: 'on' | 'off') => {
    await other.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
    await other.query('SELECT pg_reload_conf()')
  }
  const probed = () =>
    store.probe().then(
      () => 'ok',
      (error: unknown) => error,
    )
  await setReadOnly('on')
  await expect.poll(probed).toBeInstanceOf(StoreUnavailable)
  await other.query('SET default_transaction_read_only = off')
  await setReadOnly('off')
  await expect.poll(probed).toBe('ok')
  await other.end()
})

test('[V4] [V10] a commit whose answer was lost is answered by its key, and its events are told', async () => {
  const conversation = await makeConversation()
  await store.close()
  const cutter = await startCommitCutter(url)
  store = await open(cutter.url)
  try {
    const cut = cutter.cutNextCommit()
    const send = makeCommand('send', 'ann', { conversation, body: 'once' })
    const outcome = await store.execute(send)
    await cut
    expect(outcome).toMatchObject({ ok: true, duplicate: true })
    expect(await bodies(conversation)).toEqual(['once'])
    const { seq } = sentMessage(outcome)
    await expect.poll(() => told.flatMap(({ entries }) => entries)).toMatchObject([{ seq }])
  } finally {
    await store.close()
    await cutter.close()
    store = await open(url)
  }
})

test('[V10] a deletion whose answer was lost tells which events lost their body', async () => {
  const conversation = await makeConversation()
  const sent = await store.execute(makeCommand('send', 'ann', { conversation, body: 'secret' }))
  const message = sentMessage(sent)
  await store.close()
  const cutter = await startCommitCutter(url)
  store = await open(cutter.url)
  try {
    const cut = cutter.cutNextCommit()
    await store.execute(makeCommand('delete', 'ann', { message: message.id }))
    await cut
    await expect.poll(() => told.flatMap(({ rewritten }) => rewritten)).toHaveLength(1)
    expect(told.flatMap(({ rewritten }) => rewritten)).toMatchObject([{ seq: message.seq }])
    expect(JSON.stringify(told)).not.toContain('secret')
  } finally {
    await store.close()
    await cutter.close()
    store = await open(url)
  }
})

test('a database that cannot be reached at the start is said to be so', async () => {
  const nowhere = new URL(url)
  nowhere.port = '1'
  await expect(open(nowhere.href)).rejects.toBeInstanceOf(StoreUnavailable)
  nowhere.href = url
  nowhere.pathname = '/no_such_database'
  await expect(open(nowhere.href)).rejects.toBeInstanceOf(StoreUnavailable)
})

test('[V3] what was taken before close is committed', async () => {
  const conversation = await makeConversation()
  const sends = Array.from({ length: 50 }, (_, i) =>
    store.execute(makeCommand('send', 'ann', { conversation, body: `${i}` }, 1)),
  )
  await store.close()
  expect((await Promise.all(sends)).every(({ ok }) => ok)).toBe(true)
  store = await open(url)
  expect(await bodies(conversation)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
})

test('[V23] others use up the connections of the database: who is served is healthy', async () => {
  const conversation = await makeConversation()
  const others: pg.Client[] = []
  const isFull = async () => {
    const client = new pg.Client({ connectionString: url })
    return client.connect().then(
      () => others.push(client) === 0,
      () => true,
    )
  }
  try {
    while (!(await isFull()));
    for (let i = 0; i < 6; i++) {
      await store.probe()
      await store.execute(makeCommand('send', 'ann', { conversation, body: `message ${i}` }))
    }
  } finally {
    await Promise.all(others.map((client) => client.end()))
  }
  // A connection that is kept is what this holds by, also after a quiet night.
  const pool = createPool(url, 1)
  expect(pool.options.idleTimeoutMillis).toBe(0)
  await pool.end()
})
