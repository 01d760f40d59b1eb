import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES, MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { send } from '../store/test-support/samples.ts'
import type { RequestBody } from '../sync/transport.ts'
import { refused } from './test-support/fake-server.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let conversation: Id
let me: Id
let bob: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ conversation, me, bob } = await bench.signedIn())
})
afterEach(() => bench.dispose())

const sends = () => bench.server.requests.filter((r) => r.op === 'send')
const transmissionsOf = (key: string) =>
  bench.server.requests.filter((r) => 'key' in r && r.key === key)
const isSend = (request: RequestBody, body: string) =>
  request.op === 'send' && request.body === body

async function offline(): Promise<void> {
  bench.line.down()
  await bench.time.settle()
}

async function online(): Promise<void> {
  bench.line.up()
  await bench.engine.handlers.tryNow(undefined)
  await bench.time.advance(100)
}

describe('sending', () => {
  test('[O1] is answered when the row is durable: a kill right after loses nothing', async () => {
    await offline()
    const key = await bench.send(conversation, 'written down')
    await bench.killAndRestart()
    expect(await bench.message(conversation, key)).toMatchObject({
      key,
      body: 'written down',
      state: 'queued',
      seq: null,
    })
  })

  test('[O1] the screen is told after the commit', async () => {
    bench.told()
    const key = await bench.send(conversation, 'hello')
    await bench.messages(conversation)
    const events = bench.told()
    expect(events.map((e) => e.type)).toContain('messages')
    expect((await bench.message(conversation, key))?.state).toBe('sent')
  })

  test('[O2] the same key twice makes one message', async () => {
    const key = await bench.send(conversation, 'once')
    await bench.send(conversation, 'once', key)
    await offline()
    const waiting = await bench.send(conversation, 'twice said')
    await bench.send(conversation, 'twice said', waiting)
    expect(await bench.bodies(conversation)).toEqual(['once', 'twice said'])
    await online()
    expect(bench.server.bodies(conversation)).toEqual(['once', 'twice said'])
  })

  test('[O3, O4] twenty written offline survive a kill and arrive once, in order', async () => {
    await offline()
    const bodies = Array.from({ length: 20 }, (_, i) => `message ${i}`)
    for (const body of bodies) await bench.send(conversation, body)
    await bench.time.advance(3_600_000)
    await bench.killAndRestart()
    const waiting = await bench.messages(conversation)
    expect(waiting.map((m) => m.body)).toEqual(bodies)
    expect(waiting.every((m) => m.state === 'queued')).toBe(true)
    expect((await bench.state()).outbox).toMatchObject({ waiting: 20, failed: 0 })
    await online()
    expect(bench.server.bodies(conversation)).toEqual(bodies)
    expect(sends()).toHaveLength(20)
    const shown = await bench.messages(conversation)
    expect(shown.map((m) => [m.body, m.state])).toEqual(bodies.map((body) => [body, 'sent']))
    expect((await bench.state()).outbox.waiting).toBe(0)
  })

  test('[O3] conversations do not wait for one another', async () => {
    const other = bench.server.createConversation(me, 'Other', [bob])
    await bench.time.advance(100)
    bench.line.fate = (request) => (isSend(request, 'stuck') ? refused('unavailable') : 'pass')
    await bench.send(conversation, 'stuck')
    await bench.send(conversation, 'behind')
    await bench.send(other.id, 'free')
    expect(bench.server.bodies(other.id)).toEqual(['free'])
    expect(bench.server.bodies(conversation)).toEqual([])
  })

  test('[O5] unavailable: six transmissions, 2, 4, 8, 16, 32 s apart, then failed', async () => {
    const at: number[] = []
    bench.line.fate = (request) => {
      if (!isSend(request, 'poor')) return 'pass'
      at.push(bench.time.monotonic())
      return refused('unavailable')
    }
    const key = await bench.send(conversation, 'poor')
    expect((await bench.message(conversation, key))?.pending).toMatchObject({
      kind: 'send',
      status: { state: 'waiting', retry: 1, maxRetries: 5, retryInMs: 2000 },
    })
    await bench.time.advance(600_000)
    expect(at.map((time, i) => time - (at[i - 1] ?? time))).toEqual([
      0, 2000, 4000, 8000, 16000, 32000,
    ])
    const message = await bench.message(conversation, key)
    expect(message).toMatchObject({
      state: 'failed',
      pending: { status: { state: 'failed', failure: { code: 'unavailable' } } },
    })
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 1 })
  })

  test('[O7] a restart goes on with the schedule', async () => {
    bench.line.fate = () => refused('unavailable')
    const key = await bench.send(conversation, 'patient')
    await bench.time.advance(2000 + 4000 + 3000)
    await bench.killAndRestart()
    const message = await bench.message(conversation, key)
    expect(message?.pending?.status).toMatchObject({ state: 'waiting', retry: 3 })
    const status = message?.pending?.status
    expect(status?.state === 'waiting' ? status.retryInMs : 0).toBeLessThanOrEqual(5000)
    bench.line.fate = () => 'pass'
    const before = sends().length
    await bench.time.advance(4500)
    expect(sends()).toHaveLength(before)
    await bench.time.advance(1000)
    expect(bench.server.bodies(conversation)).toEqual(['patient'])
  })

  test('[O6] forbidden: one transmission, and the conversation in words', async () => {
    bench.line.fate = () => refused('forbidden')
    const key = await bench.send(conversation, 'no')
    await bench.time.advance(600_000)
    expect(await bench.message(conversation, key)).toMatchObject({
      state: 'failed',
      pending: { status: { failure: { code: 'forbidden', conversation: 'Harbour' } } },
    })
  })

  test('[O6, O9] too large: failed at once with the size, kept, and sent after an edit', async () => {
    const key = await bench.send(conversation, 'é'.repeat(MAX_BODY_BYTES))
    expect(await bench.message(conversation, key)).toMatchObject({
      state: 'failed',
      body: 'é'.repeat(MAX_BODY_BYTES),
      pending: {
        status: {
          failure: {
            code: 'too_large',
            size: { bytes: 2 * MAX_BODY_BYTES, limit: MAX_BODY_BYTES },
          },
        },
      },
    })
    expect(sends()).toEqual([])
    const edit = { key: randomUUID(), message: key, body: 'short' }
    expect(await bench.act(bench.engine.handlers.editMessage(edit))).toMatchObject({ ok: true })
    expect(bench.server.bodies(conversation)).toEqual(['short'])
  })

  test('[O11] the answer is lost, then the line: unconfirmed, asked again, one message', async () => {
    bench.line.isMute = true
    const key = await bench.send(conversation, 'said once')
    await offline()
    bench.line.isMute = false
    expect((await bench.message(conversation, key))?.state).toBe('unconfirmed')
    await bench.killAndRestart()
    expect((await bench.message(conversation, key))?.state).toBe('unconfirmed')
    await online()
    expect(bench.server.bodies(conversation)).toEqual(['said once'])
    expect(await bench.messages(conversation)).toMatchObject([{ key, state: 'sent', seq: 2 }])
  })

  test('[O11] its own event confirms a message whose answer never came', async () => {
    bench.line.fate = () => 'swallow'
    const key = await bench.send(conversation, 'echo')
    expect(await bench.messages(conversation)).toMatchObject([{ key, state: 'sent', seq: 2 }])
    expect(transmissionsOf(key)).toHaveLength(1)
  })

  test('[O4] a mute line: an attempt after 10 s, then asked again', async () => {
    bench.line.isMute = true
    const key = await bench.send(conversation, 'hello?')
    await bench.time.advance(9_900)
    expect((await bench.message(conversation, key))?.state).toBe('sending')
    await bench.time.advance(200)
    expect(await bench.message(conversation, key)).toMatchObject({
      state: 'unconfirmed',
      pending: { status: { state: 'waiting', retry: 1, failure: { code: 'timeout' } } },
    })
    bench.line.isMute = false
    await bench.time.advance(2_000)
    expect(bench.server.bodies(conversation)).toEqual(['hello?'])
    expect(await bench.messages(conversation)).toMatchObject([{ key, state: 'sent' }])
  })

  test('[O12] the outbox is full: refused, nothing stored', async () => {
    await offline()
    bench.abandon()
    bench.withStore((store) => {
      for (let i = 1; i <= MAX_OUTBOX_OPERATIONS; i += 1) {
        store.putOperation(send(i, { conversation, body: `${i}` }))
      }
    })
    await bench.restart()
    const more = { key: randomUUID(), conversation, body: 'one too many' }
    expect(await bench.act(bench.engine.handlers.sendMessage(more))).toEqual({
      ok: false,
      failure: { code: 'outbox_full' },
    })
    expect((await bench.state()).outbox).toEqual({
      waiting: MAX_OUTBOX_OPERATIONS,
      failed: 0,
      limit: MAX_OUTBOX_OPERATIONS,
    })
  })

  test('to where one is not (any more) is refused before it is taken', async () => {
    const unknown = { key: randomUUID(), conversation: 'nowhere', body: 'x' }
    expect(await bench.act(bench.engine.handlers.sendMessage(unknown))).toMatchObject({
      failure: { code: 'not_found' },
    })
    bench.server.leave(conversation, me, bob)
    await bench.time.advance(100)
    const left = { key: randomUUID(), conversation, body: 'x' }
    expect(await bench.act(bench.engine.handlers.sendMessage(left))).toMatchObject({
      failure: { code: 'forbidden', conversation: 'Harbour' },
    })
  })
})

describe('what failed or waits', () => {
  test('[O9] stays over restarts until it is retried or discarded', async () => {
    bench.line.fate = () => refused('forbidden')
    const first = await bench.send(conversation, 'first')
    const second = await bench.send(conversation, 'second')
    await bench.killAndRestart()
    bench.line.fate = () => 'pass'
    const page = await bench.engine.handlers.listOutbox({ limit: 10 })
    expect(page).toMatchObject({
      total: 2,
      items: [
        { key: first, message: first, preview: 'first', conversation: { name: 'Harbour' } },
        { key: second, status: { state: 'failed' } },
      ],
    })
    await bench.act(bench.engine.handlers.discardOperation({ key: first }))
    await bench.act(bench.engine.handlers.retryOperation({ key: second }))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual(['second'])
    expect(await bench.bodies(conversation)).toEqual(['second'])
  })

  test('[O9] retry all', async () => {
    bench.line.fate = () => refused('forbidden')
    await bench.send(conversation, 'a')
    await bench.send(conversation, 'b')
    bench.line.fate = () => 'pass'
    await bench.act(bench.engine.handlers.retryAll(undefined))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual(['a', 'b'])
  })

  test('[O13] "Try now" connects at once', async () => {
    await offline()
    await bench.send(conversation, 'soon')
    expect((await bench.state()).connection.status).toBe('offline')
    bench.line.up()
    await bench.act(bench.engine.handlers.tryNow(undefined))
    expect((await bench.state()).connection.status).toBe('online')
    expect(bench.server.bodies(conversation)).toEqual(['soon'])
  })

  test.each([
    ['waking from sleep', () => bench.engine.powerResumed()],
    ['the network is back', () => void bench.engine.handlers.reportNetwork({ online: true })],
  ])('[O13] %s: the line is left and made anew at once', async (_, wake) => {
    const before = bench.line.addresses.length
    wake()
    await bench.time.settle()
    expect(bench.line.addresses.length).toBe(before + 1)
    expect((await bench.state()).connection.status).toBe('online')
  })
})

describe('changes', () => {
  test('[O10] of what was never transmitted fold into it; a deleted one is never sent', async () => {
    await offline()
    const key = await bench.send(conversation, 'draft')
    const gone = await bench.send(conversation, 'never')
    await bench.act(
      bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'final' }),
    )
    await bench.act(bench.engine.handlers.deleteMessage({ key: randomUUID(), message: gone }))
    expect(await bench.bodies(conversation)).toEqual(['final'])
    await online()
    expect(bench.server.bodies(conversation)).toEqual(['final'])
    expect(bench.server.requests.filter((r) => r.op === 'edit' || r.op === 'delete')).toEqual([])
  })

  test('[O10] of what may have arrived follow it in order', async () => {
    const key = randomUUID()
    bench.line.fate = (request) => (request.op === 'send' ? 'lose' : 'pass')
    await bench.send(conversation, 'first', key)
    await offline()
    await bench.act(
      bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'second' }),
    )
    bench.line.fate = () => 'pass'
    await online()
    expect(bench.server.bodies(conversation)).toEqual(['second'])
    expect(await bench.messages(conversation)).toMatchObject([
      { key, body: 'second', state: 'sent' },
    ])
  })

  test('edits, reactions and deletions of confirmed messages show at once and arrive', async () => {
    const theirs = bench.server.send(bob, conversation, 'from bob')
    const key = await bench.send(conversation, 'mine')
    await offline()
    const { handlers } = bench.engine
    await bench.act(handlers.editMessage({ key: randomUUID(), message: key, body: 'mine 2' }))
    await bench.act(
      handlers.reactToMessage({ key: randomUUID(), message: theirs.id, emoji: '👍', on: true }),
    )
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'from bob', reactions: [{ emoji: '👍', mine: true, users: [{ name: 'me' }] }] },
      { body: 'mine 2', state: 'queued', pending: { kind: 'edit' } },
    ])
    await online()
    expect(await bench.messages(conversation)).toMatchObject([
      { reactions: [{ emoji: '👍', mine: true }], pending: null },
      { body: 'mine 2', state: 'sent', pending: null },
    ])
    await bench.act(handlers.deleteMessage({ key: randomUUID(), message: key }))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual(['from bob', null])
    expect(await bench.bodies(conversation)).toEqual(['from bob', null])
    expect(
      await bench.act(handlers.editMessage({ key: randomUUID(), message: key, body: 'x' })),
    ).toMatchObject({ failure: { code: 'gone' } })
  })

  test.each([
    ['mine', 'my text'],
    ['theirs', 'their text'],
  ] as const)('a conflict is kept until it is answered; "%s" wins', async (choice, text) => {
    const key = await bench.send(conversation, 'original')
    const id = (await bench.message(conversation, key))?.id ?? ''
    await offline()
    await bench.act(
      bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'my text' }),
    )
    bench.server.edit(me, id, 'their text')
    await online()
    const message = await bench.message(conversation, key)
    expect(message?.pending).toMatchObject({
      kind: 'edit',
      status: { state: 'conflict', mine: 'my text', theirs: 'their text' },
    })
    await bench.killAndRestart()
    const operation = (await bench.message(conversation, key))?.pending?.key ?? ''
    await bench.act(bench.engine.handlers.resolveConflict({ key: operation, choice }))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual([text])
    expect(await bench.bodies(conversation)).toEqual([text])
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
  })

  test('of a message that is unknown here are refused', async () => {
    const { handlers } = bench.engine
    const unknown = { key: randomUUID(), message: 'nothing' }
    expect(await bench.act(handlers.editMessage({ ...unknown, body: 'x' }))).toMatchObject({
      failure: { code: 'not_found' },
    })
    expect(
      await bench.act(handlers.reactToMessage({ ...unknown, emoji: '👍', on: true })),
    ).toMatchObject({ failure: { code: 'not_found' } })
    expect(await bench.act(handlers.deleteMessage(unknown))).toMatchObject({ ok: true })
  })
})

describe('replies', () => {
  test('quote the message as it is now, also before either was sent', async () => {
    await offline()
    const first = await bench.send(conversation, 'question')
    const reply = {
      key: randomUUID(),
      conversation,
      body: 'answer',
      replyTo: first,
    }
    await bench.act(bench.engine.handlers.sendMessage(reply))
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'question' },
      { body: 'answer', replyTo: { key: first, authorName: 'me', preview: 'question' } },
    ])
    await online()
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'question', state: 'sent' },
      { body: 'answer', state: 'sent', replyTo: { key: first, preview: 'question' } },
    ])
    bench.told()
    await bench.act(bench.engine.handlers.deleteMessage({ key: randomUUID(), message: first }))
    await bench.time.advance(100)
    const upserted = bench.told().flatMap((e) => (e.type === 'messages' ? e.upserted : []))
    expect(upserted.find((m) => m.body === 'answer')?.replyTo).toMatchObject({ preview: '' })
  })
})
