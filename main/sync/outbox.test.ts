import { describe, expect, test } from 'vitest'
import { MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import { countOutbox } from './outbox-state.ts'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

const failed = (code: string) => ({ state: 'failed', failure: { code } })

describe('taking and confirming', () => {
  test('[O1] what the user does is a row before it is anything else', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    expect(box.rows.get(key)).toMatchObject({ body: 'hello', status: { state: 'queued' } })
    expect(box.transmitted).toEqual([])
  })

  test('[O1] a message written online takes one row write before its frame, which says that it may arrive', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    expect(box.writes).toBe(1)
    expect(box.rows.get(key)).toMatchObject({ mayHaveArrived: true })
    expect(box.sent()).toEqual(['hello'])
  })

  test('[O2] the same key taken twice is one operation', () => {
    const box = new OutboxDriver()
    const draft = {
      kind: 'send',
      key: uuid(9),
      conversation: 'c',
      createdAt: 0,
      body: 'once',
      replyTo: null,
    } as const
    box.enqueue(draft)
    box.enqueue(draft)
    expect(box.state.counts.all).toBe(1)
  })

  test('[O2] every transmission of an operation has its key', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.refuse('unavailable')
    box.pass(2000)
    box.offline()
    box.online()
    expect(box.transmitted.map((transmit) => transmit.request.key)).toEqual([key, key, key])
  })

  test('[O11] an own event in the stream confirms a send whose answer never came', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.offline()
    box.observe(messageOf({ id: 'm1', key }))
    expect(box.has(key)).toBe(false)
    expect(box.confirmed).toMatchObject([{ result: { kind: 'send', message: { id: 'm1' } } }])
  })

  test('[O11] an answer that comes after its time still confirms', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    const first = box.last()
    box.pass(10_000)
    expect(box.stateOf(key)).toBe('waiting')
    box.accept(first)
    expect(box.has(key)).toBe(false)
  })
})

describe('retrying', () => {
  test('[O5] unavailable to everything: six transmissions, 2, 4, 8, 16, 32 s apart, then failed', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    const at: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      at.push(box.monotonicMs)
      box.refuse('unavailable')
      box.pass(turn < 5 ? 2000 * 2 ** turn : 3_600_000)
    }
    expect(box.transmitted).toHaveLength(6)
    expect(at.slice(1).map((ms, index) => ms - (at[index] ?? 0))).toEqual([
      2000, 4000, 8000, 16000, 32000,
    ])
    expect(box.operation(key).status).toMatchObject(failed('unavailable'))
  })

  test('[O5] rate_limited with retryAfterMs 7,000: not before, and other conversations pass meanwhile', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('held')
    box.refuse('rate_limited', { retryAfterMs: 7000 })
    box.send('elsewhere', 'd')
    box.accept()
    box.pass(6999)
    box.retry(key)
    expect(box.sent()).toEqual(['held', 'elsewhere'])
    box.pass(1)
    expect(box.sent()).toEqual(['held', 'elsewhere', 'held'])
  })

  test('[O4] ten seconds without an answer are an attempt', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.pass(9999)
    expect(box.stateOf(key)).toBe('sending')
    box.pass(1)
    expect(box.operation(key)).toMatchObject({
      attempts: 1,
      status: { state: 'waiting', retry: 1, delayMs: 2000, failure: { code: 'timeout' } },
    })
  })

  test('[O4] a server that never answers sees six transmissions', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.pass(3_600_000)
    expect(box.transmitted).toHaveLength(6)
    expect(box.operation(key).status).toMatchObject(failed('timeout'))
  })

  test('[O4] offline for a year, then cut twice, then asleep with it on the line, costs no attempt', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    box.pass(365 * 24 * 3_600_000)
    for (let turn = 0; turn < 2; turn += 1) {
      box.online()
      box.offline()
      box.pass(24 * 3_600_000)
    }
    box.online()
    box.monotonicMs += 3_600_000
    box.offline()
    expect(box.operation(key)).toMatchObject({ attempts: 0, status: { state: 'unconfirmed' } })
  })

  test('[O7] a restart goes on with the schedule and the count', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.refuse('unavailable')
    box.pass(2000)
    box.refuse('unavailable')
    box.restart(1000)
    box.online()
    expect(box.operation(key)).toMatchObject({ attempts: 2, status: { state: 'waiting' } })
    box.pass(2999)
    expect(box.transmitted).toHaveLength(2)
    box.pass(1)
    expect(box.transmitted).toHaveLength(3)
  })

  test.each([-1, 1])('[O7] a clock set %i year(s) off neither freezes nor storms', (years) => {
    const box = new OutboxDriver()
    box.online()
    box.send('hello')
    box.refuse('unavailable')
    box.wallMs += years * 365 * 24 * 3_600_000
    box.pass(1999)
    expect(box.transmitted).toHaveLength(1)
    box.pass(1)
    expect(box.transmitted).toHaveLength(2)
    box.refuse('unavailable')
    box.restart(years * 365 * 24 * 3_600_000)
    box.online()
    box.pass(4000)
    expect(box.transmitted).toHaveLength(3)
  })

  test('[O11] what was on the line when the process died is asked again with its key', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.restart()
    expect(box.operation(key)).toMatchObject({ attempts: 0, status: { state: 'unconfirmed' } })
    box.online()
    expect(box.transmitted).toHaveLength(2)
  })

  test('[O11] being cut and asking again writes one row a cut, for the count', () => {
    const box = new OutboxDriver()
    box.online()
    box.send('hello')
    const { writes } = box
    for (let turn = 0; turn < 2; turn += 1) {
      box.offline()
      box.online()
    }
    expect(box.writes).toBe(writes + 2)
  })
})

describe('failing', () => {
  test.each(['forbidden', 'invalid', 'not_found', 'gone', 'too_large', 'key_reused'] as const)(
    '[O6] %s fails at once, after one transmission',
    (code) => {
      const box = new OutboxDriver()
      box.online()
      const key = box.send('hello')
      box.refuse(code)
      box.pass(3_600_000)
      expect(box.transmitted).toHaveLength(1)
      expect(box.operation(key).status).toMatchObject(failed(code))
    },
  )

  test('[O6] a code that nobody knows is bounded like all else', () => {
    const box = new OutboxDriver()
    box.online()
    box.send('hello')
    for (let turn = 0; turn < 20; turn += 1) {
      const error = { code: 'brand_new', message: '', retryable: true }
      if (box.transmitted.length > turn) box.fail({ kind: 'answered', error })
      box.pass(60_000)
    }
    expect(box.transmitted).toHaveLength(6)
  })

  test('[O6] a body that is too large fails here, with its size, and was never sent', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('é'.repeat(8_193))
    expect(box.transmitted).toEqual([])
    expect(box.operation(key).status).toEqual({
      state: 'failed',
      failure: { code: 'too_large', size: { bytes: 16_386, limit: 16_384 } },
    })
  })

  test('[O6] [O9] trying it again without a change says the same, and sends nothing', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('x'.repeat(2_000_000))
    const { status } = box.operation(key)
    box.retry(key)
    box.step({ type: 'retry-all' })
    expect(box.transmitted).toEqual([])
    expect(box.operation(key).status).toEqual(status)
  })

  test('[O6] what was written for a larger limit than the server turns out to have is not sent', () => {
    const box = new OutboxDriver()
    const key = box.send('x'.repeat(101))
    const next = box.send('next')
    box.step({ type: 'online', ordered: true, maxBodyBytes: 100 })
    expect(box.operation(key).status).toMatchObject({
      failure: { code: 'too_large', size: { bytes: 101, limit: 100 } },
    })
    expect(box.last().key).toBe(next)
  })

  test('[O6] a server that finds it too large is told with the size all the same', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('éé')
    box.refuse('too_large', { details: { bytes: 4, maxBytes: 3 } })
    expect(box.operation(key).status).toMatchObject({
      failure: { code: 'too_large', size: { bytes: 4, limit: 3 } },
    })
  })

  test('[O6] the frame that makes the server close for good is found, and fails alone', () => {
    const box = new OutboxDriver()
    box.online()
    const keys = ['a', 'b', 'c'].map((name) => box.send(name, name))
    box.offline(1009)
    box.online()
    expect(box.sent().slice(3)).toEqual(['a'])
    box.accept()
    expect(box.last().key).toBe(keys[1])
    box.offline(1009)
    expect(box.operation(keys[1] ?? '').status).toMatchObject(failed('too_large'))
    box.online()
    box.accept()
    expect([...box.rows.keys()]).toEqual([keys[1]])
    box.send('d', 'd')
    box.send('e', 'e')
    expect(box.sent().slice(-2)).toEqual(['d', 'e'])
  })

  test('[O11] one that was on the line when the server objected to something may have arrived all the same', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.offline(4400)
    expect(box.operation(key)).toMatchObject({ mayHaveArrived: true, status: failed('invalid') })
    box.edit(key, 'hello!')
    box.online()
    box.accept()
    expect(box.sent()).toEqual(['hello', 'hello', 'hello!'])
  })

  test('[O9] a retry begins anew; a discard takes it away', () => {
    const box = new OutboxDriver()
    box.online()
    const one = box.send('one')
    box.refuse('forbidden')
    box.retry(one)
    box.refuse('unavailable')
    expect(box.operation(one)).toMatchObject({ attempts: 1, status: { state: 'waiting' } })
    box.retry(one)
    expect(box.operation(one)).toMatchObject({ attempts: 0, status: { state: 'sending' } })
    box.refuse('forbidden')
    box.discard(one)
    expect(box.rows.size).toBe(0)
  })

  test('[O9] "Retry all" tries what failed and what waits, everywhere, but for what the server wants later', () => {
    const box = new OutboxDriver()
    box.online()
    for (const name of ['a', 'b']) {
      box.send(name, name)
      box.refuse('forbidden')
    }
    const waiting = box.send('c', 'c')
    box.refuse('unavailable')
    const limited = box.send('d', 'd')
    box.refuse('rate_limited', { retryAfterMs: 7_000 })
    box.send('e', 'e')
    box.step({ type: 'retry-all' })
    expect(box.sent()).toEqual(['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c'])
    expect(box.operation(waiting)).toMatchObject({ attempts: 0, status: { state: 'sending' } })
    expect(box.operation(limited)).toMatchObject({ attempts: 1, status: { state: 'waiting' } })
  })

  test('[O9] a row that cannot be read stays in the count until it is discarded', () => {
    const box = new OutboxDriver()
    const row = { key: 'row 7', ordinal: 7, conversation: null, createdAt: null }
    box.step({ type: 'load', operations: [], unreadable: [row] })
    expect(countOutbox(box.state)).toEqual({ waiting: 0, failed: 1 })
    expect(box.operation(box.send('newer')).ordinal).toBe(8)
    box.delete(uuid(1))
    box.discard('row 7')
    expect(box.effects.at(-1)).toEqual({ type: 'remove-unreadable', key: 'row 7' })
    expect(countOutbox(box.state)).toEqual({ waiting: 0, failed: 0 })
  })

  test('[O9] own messages that a restored server lost come back as failed, first in their place', () => {
    const box = new OutboxDriver()
    const later = box.send('later')
    const lost = messageOf({ id: 'm1', key: uuid(70), seq: 4, body: 'lost' })
    box.lose(lost)
    expect(box.operation(uuid(70)).status).toMatchObject(failed('lost_by_server'))
    box.retry(uuid(70))
    box.online()
    box.accept()
    expect(box.sent()).toEqual(['lost', 'later'])
    expect(box.last().key).toBe(later)
  })

  test('[O9] what was to change a lost message follows it when it is sent again', () => {
    const box = new OutboxDriver()
    box.edit(uuid(70), 'edited', 'm1', 1)
    const lost = messageOf({ id: 'm1', key: uuid(70), seq: 4, body: 'lost' })
    box.lose(lost)
    box.online()
    expect(box.transmitted).toEqual([])
    box.retry(uuid(70))
    box.accept(box.last(), { id: 'm2' })
    expect(box.last().request).toMatchObject({ op: 'edit', message: 'm2', body: 'edited' })
  })

  test('[O9] a reply whose quote the server does not have says so; Retry sends it without', () => {
    const box = new OutboxDriver()
    const lost = messageOf({ id: 'm2', key: uuid(71), seq: 5, body: 'reply', replyTo: 'm1' })
    box.lose(lost)
    box.online()
    box.retry(uuid(71))
    expect(box.last().request).toMatchObject({ op: 'send', replyTo: 'm1' })
    box.refuse('not_found', { details: { field: 'replyTo' } })
    expect(box.operation(uuid(71)).status).toMatchObject(failed('quote_not_found'))
    box.retry(uuid(71))
    expect(box.last().request).not.toHaveProperty('replyTo')
    box.refuse('not_found')
    expect(box.operation(uuid(71)).status).toMatchObject(failed('not_found'))
  })

  test('[O12] the ten thousand and first is refused, and the others are untouched', () => {
    const box = new OutboxDriver()
    const first = box.operation(box.send('1'))
    const operations = Array.from({ length: MAX_OUTBOX_OPERATIONS }, (_, n) => ({
      ...first,
      key: uuid(1000 + n),
      ordinal: n + 1,
    }))
    box.step({ type: 'load', operations, unreadable: [] })
    const key = box.send('too many')
    expect(box.effects.at(-1)).toEqual({ type: 'refuse', key, failure: { code: 'outbox_full' } })
    expect(box.state.counts.all).toBe(MAX_OUTBOX_OPERATIONS)
    expect(box.has(key) || box.rows.has(key)).toBe(false)
  })
})
