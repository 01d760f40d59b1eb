import { describe, expect, test } from 'vitest'
import { MAX_WINDOW } from './outbox-pump.ts'
import { OutboxDriver } from './test-support/outbox-driver.ts'

function withMessages(count: number, ordered: boolean): { box: OutboxDriver; keys: string[] } {
  const box = new OutboxDriver()
  const keys = Array.from({ length: count }, (_, n) => box.send(`${n + 1}`))
  box.online(ordered)
  return { box, keys }
}

describe('one at a time, with a server that does not order', () => {
  test('[O3] the next is transmitted when the one before it is answered', () => {
    const { box } = withMessages(3, false)
    expect(box.sent()).toEqual(['1'])
    box.accept()
    expect(box.sent()).toEqual(['1', '2'])
    expect(box.last().request).not.toHaveProperty('after')
  })

  test('[O3] one that waits for a retry holds back its conversation and no other', () => {
    const { box } = withMessages(2, false)
    box.send('other', 'd')
    box.refuse('unavailable', {}, box.transmitted[0])
    box.accept(box.transmitted[1])
    box.pass(1999)
    expect(box.sent()).toEqual(['1', 'other'])
    box.pass(1)
    box.accept()
    expect(box.sent()).toEqual(['1', 'other', '1', '2'])
  })

  test('[O3] one that failed holds back nothing', () => {
    const { box, keys } = withMessages(2, false)
    box.refuse('forbidden')
    box.accept()
    expect(box.sent()).toEqual(['1', '2'])
    expect([...box.rows.keys()]).toEqual([keys[0]])
  })

  test('[O3] order holds over a restart', () => {
    const { box } = withMessages(3, false)
    box.restart()
    box.send('4')
    box.online()
    for (let turn = 0; turn < 4; turn += 1) box.accept()
    expect(box.sent()).toEqual(['1', '1', '2', '3', '4'])
  })

  test('[O3] what the user retries goes before what was written after it', () => {
    const { box, keys } = withMessages(3, false)
    box.refuse('forbidden')
    box.retry(keys[0] ?? '')
    expect(box.sent()).toEqual(['1', '2'])
    box.accept()
    expect(box.sent()).toEqual(['1', '2', '1'])
    box.accept()
    expect(box.sent()).toEqual(['1', '2', '1', '3'])
  })

  test('[O3] a read marker neither waits for messages nor holds them back', () => {
    const { box } = withMessages(1, false)
    box.refuse('unavailable')
    box.read(7)
    expect(box.sent()).toEqual(['1', 'read'])
  })
})

describe('pipelined, with a server that orders', () => {
  test('[O3] the window grows with each success, and each names the one before it', () => {
    const { box, keys } = withMessages(10, true)
    expect(box.sent()).toEqual(['1'])
    box.accept(box.lastOf(keys[0] ?? ''))
    expect(box.sent()).toEqual(['1', '2', '3'])
    box.accept(box.lastOf(keys[1] ?? ''))
    expect(box.sent()).toEqual(['1', '2', '3', '4', '5'])
    const after = box.transmitted.map(({ request }) => ('after' in request ? request.after : null))
    expect(after).toEqual([null, null, keys[1], keys[2], keys[3]])
  })

  test('[O3] a thousand messages drain with few writes, never more than the window on the line', () => {
    const { box } = withMessages(1000, true)
    let answered = 0
    while (answered < box.transmitted.length) {
      expect(box.transmitted.length - answered).toBeLessThanOrEqual(MAX_WINDOW)
      box.accept(box.transmitted[answered])
      answered += 1
    }
    expect(box.rows.size).toBe(0)
    expect(box.sent()).toEqual(Array.from({ length: 1000 }, (_, n) => `${n + 1}`))
  })

  /** Brings five onto the line: 2 … 6 are in flight, 1 is confirmed. */
  function fiveInFlight(): { box: OutboxDriver; keys: string[] } {
    const driven = withMessages(8, true)
    const { box, keys } = driven
    box.accept(box.lastOf(keys[0] ?? ''))
    for (const n of [1, 2, 3]) box.accept(box.lastOf(keys[n] ?? ''))
    return driven
  }

  test('[O3] those behind a refused one are refused by the server, go back, and cost no attempt', () => {
    const { box, keys } = fiveInFlight()
    const [first, ...behind] = box.transmitted.slice(4)
    box.refuse('unavailable', {}, first)
    for (const transmit of behind) box.refuse('out_of_order', {}, transmit)
    expect(box.stateOf(keys[4] ?? '')).toBe('waiting')
    for (const key of keys.slice(5)) {
      expect(box.operation(key)).toMatchObject({
        attempts: 0,
        mayHaveArrived: false,
        status: { state: 'queued' },
      })
    }
    const { length } = box.transmitted
    box.pass(2000)
    expect(box.sent().slice(length)).toEqual(['5'])
    expect(box.last().request).not.toHaveProperty('after')
    box.accept()
    expect(box.sent().slice(length)).toEqual(['5', '6', '7'])
  })

  test('[O3] those behind one that failed for good go on without it', () => {
    const { box } = fiveInFlight()
    const [first, ...behind] = box.transmitted.slice(4)
    box.refuse('forbidden', {}, first)
    for (const transmit of behind) box.refuse('out_of_order', {}, transmit)
    const { length } = box.transmitted
    expect(box.sent()[length - 1]).toBe('6')
    expect(box.last().request).not.toHaveProperty('after')
  })

  test('[O5] a due retry does not wait for answers to what was behind it', () => {
    const { box } = fiveInFlight()
    box.refuse('unavailable', {}, box.transmitted[4])
    box.pass(2000)
    expect(box.sent().at(-1)).toBe('5')
    expect(box.last().request).not.toHaveProperty('after')
  })

  test('[O10] one that went out before may have arrived, however it is refused now', () => {
    const { box, keys } = fiveInFlight()
    box.offline()
    box.online(true)
    box.accept()
    expect(box.last().key).toBe(keys[6])
    box.refuse('out_of_order')
    expect(box.operation(keys[6] ?? '')).toMatchObject({
      mayHaveArrived: true,
      status: { state: 'unconfirmed' },
    })
  })

  test('[O4] only the first on the line is counted when nothing is answered', () => {
    const { box, keys } = fiveInFlight()
    box.pass(10_000)
    expect(box.operation(keys[4] ?? '')).toMatchObject({
      attempts: 1,
      status: { state: 'waiting' },
    })
    for (const key of keys.slice(5, 8)) {
      expect(box.operation(key)).toMatchObject({ attempts: 0 })
    }
    box.pass(2000)
    expect(box.sent().at(-1)).toBe('5')
    expect(box.last().request).not.toHaveProperty('after')
  })

  test('[O4] on a slow line each has its ten seconds from when the one before it was answered', () => {
    const { box, keys } = fiveInFlight()
    for (const key of keys.slice(4)) {
      box.pass(9000)
      box.accept(box.lastOf(key))
    }
    expect(box.rows.size).toBe(0)
    expect(box.transmitted).toHaveLength(8)
  })

  test('[O4] out_of_order to one that named nothing is an attempt: a server cannot make it go on for ever', () => {
    const { box, keys } = withMessages(1, true)
    for (let turn = 0; turn < 10; turn += 1) {
      if (box.transmitted.length > turn) box.refuse('out_of_order')
      box.pass(60_000)
    }
    expect(box.transmitted).toHaveLength(6)
    expect(box.stateOf(keys[0] ?? '')).toBe('failed')
  })

  test('[O3] after a cut they are asked again in order, one first', () => {
    const { box } = fiveInFlight()
    const { length } = box.transmitted
    box.offline()
    box.online(true)
    expect(box.sent().slice(length)).toEqual(['5'])
    box.accept()
    expect(box.sent().slice(length)).toEqual(['5', '6', '7'])
  })

  test('[O3] an answer to a transmission that was given up changes nothing unless it is yes', () => {
    const { box, keys } = fiveInFlight()
    const old = box.lastOf(keys[5] ?? '')
    box.offline()
    box.online(true)
    box.refuse('forbidden', {}, old)
    expect(box.stateOf(keys[5] ?? '')).toBe('unconfirmed')
    box.accept()
    expect(box.stateOf(keys[5] ?? '')).toBe('sending')
    box.refuse('forbidden', {}, old)
    expect(box.stateOf(keys[5] ?? '')).toBe('sending')
    box.accept(old)
    expect(box.has(keys[5] ?? '')).toBe(false)
  })

  test('[O3] what the user retries waits until the line is empty, then goes first', () => {
    const { box, keys } = withMessages(6, true)
    box.refuse('forbidden')
    box.accept()
    box.retry(keys[0] ?? '')
    expect(box.sent()).toEqual(['1', '2', '3', '4'])
    box.accept(box.lastOf(keys[2] ?? ''))
    expect(box.sent()).toHaveLength(4)
    box.accept(box.lastOf(keys[3] ?? ''))
    expect(box.sent().slice(4, 5)).toEqual(['1'])
  })

  test('[O3] an edit waits for the send it changes, and what follows waits for the edit', () => {
    const box = new OutboxDriver()
    box.online(true)
    const key = box.send('hello')
    box.edit(key, 'hello!')
    box.send('next')
    expect(box.sent()).toEqual(['hello'])
    box.accept()
    expect(box.sent()).toEqual(['hello', 'hello!', 'next'])
    expect(box.transmitted[1]?.request).toMatchObject({ op: 'edit', message: 'm1', baseVersion: 1 })
  })
})
