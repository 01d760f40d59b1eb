import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES, MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { send } from '../store/test-support/samples.ts'
import type { RequestBody } from '../sync/transport.ts'
import { refused } from './test-support/fake-answer.ts'
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

describe('sending', () => {
  test('[O1] is answered when the row is durable: a kill right after loses nothing', async () => {
    await bench.offline()
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
    await bench.offline()
    const waiting = await bench.send(conversation, 'twice said')
    await bench.send(conversation, 'twice said', waiting)
    expect(await bench.bodies(conversation)).toEqual(['once', 'twice said'])
    await bench.online()
    expect(bench.server.bodies(conversation)).toEqual(['once', 'twice said'])
  })

  test('[O3, O4] twenty written offline survive a kill and arrive once, in order', async () => {
    await bench.offline()
    const bodies = Array.from({ length: 20 }, (_, i) => `message ${i}`)
    for (const body of bodies) await bench.send(conversation, body)
    await bench.time.advance(3_600_000)
    await bench.killAndRestart()
    const waiting = await bench.messages(conversation)
    expect(waiting.map((m) => m.body)).toEqual(bodies)
    expect(waiting.every((m) => m.state === 'queued')).toBe(true)
    expect((await bench.state()).outbox).toMatchObject({ waiting: 20, failed: 0 })
    await bench.online()
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
    await bench.offline()
    bench.line.isMute = false
    expect((await bench.message(conversation, key))?.state).toBe('unconfirmed')
    await bench.killAndRestart()
    expect((await bench.message(conversation, key))?.state).toBe('unconfirmed')
    await bench.online()
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
    await bench.offline()
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
  test('[O9] its conversation says how much, and its whole text can be had', async () => {
    expect((await bench.conversation(conversation))?.pending).toEqual({ waiting: 0, failed: 0 })
    await bench.offline()
    await bench.send(conversation, 'waits')
    const body = 'x'.repeat(20_000)
    const key = await bench.send(conversation, body)
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.pending).toEqual({ waiting: 1, failed: 1 })
    const text = (of: string) => bench.engine.handlers.operationText({ key: of })
    expect(await text(key)).toEqual({ ok: true, value: body })
    expect(await text('no such key')).toMatchObject({ ok: false, failure: { code: 'not_found' } })
    await bench.act(bench.engine.handlers.discardOperation({ key }))
    expect((await bench.conversation(conversation))?.pending).toEqual({ waiting: 1, failed: 0 })
  })

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
    await bench.offline()
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

test('[F29] a text that no message could hold is refused with its size, and nothing waits', async () => {
  const body = 'x'.repeat(5_000_000)
  const answer = await bench.act(
    bench.engine.handlers.sendMessage({ key: randomUUID(), conversation, body }),
  )
  expect(answer).toMatchObject({
    ok: false,
    failure: { code: 'too_large', size: { bytes: 5_000_000 } },
  })
  expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
})
