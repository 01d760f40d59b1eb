import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Id, userStream } from '../../protocol/model/primitives.ts'
import { TestBench } from './test-support/test-bench.ts'

/** A peer of version 99, and the same client before and after it learns that version. */

let bench: TestBench
let me: Id
let bob: Id
let conversation: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ me, bob, conversation } = await bench.signedIn())
})
afterEach(() => bench.dispose())

/** A message as version 99 sends it: by a name of its own, with fields and values that nobody knows yet. */
function sendNewer(body: string, extra: object = {}): string {
  const id = `m${randomUUID()}`
  const seq = bench.server.head(conversation) + 1
  const createdAt = new Date(bench.time.now()).toISOString()
  const message = { id, conversation, seq, author: bob, body, version: 1, createdAt, reactions: {} }
  bench.server.appendRaw(conversation, bob, {
    type: 'x99.message.created',
    message: { ...message, ...extra },
    aura: { colour: 'blue' },
  })
  return id
}

/** The program is replaced by one that knows what version 99 says. */
async function upgrade(): Promise<void> {
  bench.abandon()
  const db = new Database(bench.database)
  db.exec(`
    UPDATE kept SET raw = replace(raw, 'x99.', '');
    UPDATE settings SET value = '"an older version"' WHERE name IN ('knowledge', 'directoryKnowledge');
  `)
  db.close()
  await bench.restart()
}

const kept = (): { stream: string; seq: number; name: string; reason: string; raw: string }[] => {
  const db = new Database(bench.database, { readonly: true })
  const rows = db.prepare('SELECT stream, seq, name, reason, raw FROM kept ORDER BY stream, seq')
  const all = rows.all() as ReturnType<typeof kept>
  db.close()
  return all
}

test('[G1] an event of a type that is not known is stored as it is, moves the cursor, and disturbs nobody', async () => {
  bench.server.send(bob, conversation, 'one')
  sendNewer('from the future')
  bench.server.appendRaw(userStream(me), me, { type: 'x99.settings', theme: 'dark' })
  bench.server.send(bob, conversation, 'two')
  await bench.time.advance(100)
  expect(await bench.bodies(conversation)).toEqual(['one', 'two'])
  expect(await bench.conversation(conversation)).toMatchObject({ unreadable: 0 })
  expect(bench.line.addresses).toHaveLength(1)
  expect(kept()).toMatchObject([
    { stream: conversation, name: 'x99.message.created', reason: 'unknown_type' },
    { stream: userStream(me), name: 'x99.settings', reason: 'unknown_type' },
  ])
  expect(JSON.parse(kept()[0]?.raw ?? '')).toMatchObject({ aura: { colour: 'blue' }, by: bob })

  await bench.killAndRestart()
  expect(bench.server.requests.filter(({ op }) => op === 'events')).toEqual([])
  await bench.send(conversation, 'still here')
  await bench.time.advance(100)
  expect(await bench.bodies(conversation)).toEqual(['one', 'two', 'still here'])
})

test('[G1] the version that knows it reads it again, in its place, with what came after it', async () => {
  bench.server.send(bob, conversation, 'one')
  const id = sendNewer('from the future')
  bench.server.send(bob, conversation, 'two')
  const at = new Date(bench.time.now()).toISOString()
  const edited = { id, body: 'from the past', version: 2, editedAt: at }
  bench.server.appendRaw(conversation, bob, { type: 'message.edited', message: edited })
  bench.server.appendRaw(conversation, bob, { type: 'reaction.added', message: id, emoji: '👍' })
  await bench.time.advance(100)
  expect(await bench.bodies(conversation)).toEqual(['one', 'two'])

  for (let times = 0; times < 2; times += 1) {
    await upgrade()
    const shown = await bench.messages(conversation)
    expect(shown.map(({ body }) => body)).toEqual(['one', 'from the past', 'two'])
    expect(shown[1]).toMatchObject({ reactions: [{ emoji: '👍', users: [{ id: bob }] }] })
    expect(kept()).toEqual([])
  }
})

test('[G1] fields of a newer version stay with their message, over edits, until they are known', async () => {
  const message = bench.server.send(bob, conversation, 'with a picture', {
    ...{ pictures: [{ name: 'sea.jpg' }], constructor: 'c' },
  } as object)
  const at = new Date(bench.time.now()).toISOString()
  const edited = { id: message.id, body: 'edited', version: 2, editedAt: at, mentions: [me] }
  bench.server.appendRaw(conversation, bob, { type: 'message.edited', message: edited })
  await bench.time.advance(100)
  expect(await bench.bodies(conversation)).toEqual(['edited'])
  const db = new Database(bench.database, { readonly: true })
  const [row] = db.prepare<[], { newer: string }>('SELECT newer FROM messages').all()
  db.close()
  expect(JSON.parse(row?.newer ?? '')).toEqual({
    ...{ pictures: [{ name: 'sea.jpg' }], constructor: 'c', mentions: [me] },
  })
  bench.server.remove(bob, message.id)
  await bench.time.advance(100)
  const after = new Database(bench.database, { readonly: true })
  expect(after.prepare('SELECT newer FROM messages').all()).toEqual([{ newer: null }])
  after.close()
})

test('[G1] a role and a kind that are not known count as the least, and are asked for by the version that knows them', async () => {
  const group = bench.server.conversations.get(conversation)
  if (group === undefined) throw new Error('no group')
  const newer = {
    ...group,
    kind: 'broadcast',
    members: group.members.map((each) => ({ ...each, role: 'moderator' })),
  }
  bench.server.appendRaw(conversation, bob, { type: 'conversation.updated', conversation: newer })
  bench.server.appendRaw(conversation, bob, { type: 'member.role', user: bob, role: 'moderator' })
  bench.server.send(bob, conversation, 'after')
  await bench.time.advance(100)
  expect(await bench.conversation(conversation)).toMatchObject({
    kind: 'group',
    members: [{ role: 'member' }, { role: 'member' }],
    unreadable: 0,
  })
  expect(await bench.bodies(conversation)).toEqual(['after'])
  await upgrade()
  const [member] = (await bench.conversation(conversation))?.members ?? []
  expect(member?.role).toBe('owner')
})

describe('a server of version 99', () => {
  test('[G1] is lived with: pushes, frames, codes, fields and values of all kinds', async () => {
    const { socket } = bench.line
    const odd = [
      { push: 'x99.weather', wind: 7 },
      { x99: true },
      { push: 'presence', user: bob, online: true, mood: 'fine' },
      { push: 'typing', conversation, user: bob, speed: 9 },
      { push: 'heads', heads: {}, tails: [] },
      { push: 'receipts', conversation, receipts: [], proof: 'x' },
    ]
    for (const push of odd) socket?.push(push)
    const refusal = { code: 'x99_busy', message: 'Busy.', retryable: true }
    let refusals = 0
    bench.line.fate = (request) => {
      refusals += request.op === 'send' ? 1 : 0
      if (request.op !== 'send' || refusals > 1) return 'pass'
      return { ok: false, failure: { kind: 'answered', error: refusal } }
    }
    const key = await bench.send(conversation, 'mine')
    await bench.time.advance(5_000)
    expect(await bench.message(conversation, key)).toMatchObject({ state: 'sent' })
    bench.line.socket?.close(4999)
    await bench.time.advance(5_000)
    expect(await bench.state()).toMatchObject({ connection: { status: 'online' }, notice: null })
  })

  test('[G1] tells what it can, and that is known before it greets again', async () => {
    bench.server.info = { protocol: 99, minProtocol: 1, features: ['telepathy'], region: 'moon' }
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({ features: ['telepathy'] })
    bench.line.down()
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({ features: ['telepathy'] })
  })

  test('[G2] that names what it can lacks the rest; one that names nothing is not thought to lack it', async () => {
    bench.server.info = { protocol: 2, minProtocol: 1, features: ['ordered'] }
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({ features: ['ordered'] })
    bench.server.info = {}
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({ features: ['ordered', 'receipts'] })
  })

  test('[G2] that no longer understands us is told as such, and nothing waits in vain or is lost', async () => {
    bench.line.isOutdated = true
    bench.line.socket?.close(4426)
    await bench.time.advance(1_000)
    expect(await bench.state()).toMatchObject({ connection: { status: 'outdated' } })
    const key = await bench.send(conversation, 'for later')
    await bench.time.advance(24 * 60 * 60_000)
    expect(bench.line.addresses).toHaveLength(2)
    expect(await bench.message(conversation, key)).toMatchObject({ state: 'queued' })
    bench.line.isOutdated = false
    await bench.online()
    expect(await bench.message(conversation, key)).toMatchObject({ state: 'sent' })
  })
})
