import { describe, expect, test } from 'vitest'
import { countOutbox } from './outbox-state.ts'
import { OutboxDriver, uuid } from './test-support/outbox-driver.ts'

describe('signed out', () => {
  test('[O8] unauthenticated parks everything, uses no attempt, and drains after signing in', () => {
    const box = new OutboxDriver()
    box.online()
    const keys = ['a', 'b', 'c'].map((name) => box.send(name, name))
    box.refuse('unauthenticated', {}, box.lastOf(keys[0] ?? ''))
    expect(box.effects.at(-1)).toEqual({ type: 'sign-out' })
    const late = box.send('late')
    for (const key of [...keys, late]) {
      expect(box.operation(key).attempts).toBe(0)
      expect(box.shownState(key)).toBe('parked')
    }
    box.pass(3_600_000)
    expect(box.transmitted).toHaveLength(3)
    box.step({ type: 'signed-in' })
    box.online()
    for (const key of [...keys, late]) box.accept(box.lastOf(key))
    expect(box.rows.size).toBe(0)
  })

  test('[O8] what is retried while signed out is parked', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.refuse('forbidden')
    box.step({ type: 'signed-out' })
    box.retry(key)
    expect(box.shownState(key)).toBe('parked')
    expect(box.transmitted).toHaveLength(1)
  })

  test('[O8] close code 4401 signs out too', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    expect(box.offline(4401)).toContainEqual({ type: 'sign-out' })
    expect(box.shownState(key)).toBe('parked')
  })

  test('[O8] parking writes no row, and a restart while signed out parks again', () => {
    const box = new OutboxDriver()
    for (let n = 0; n < 100; n += 1) box.send(`${n}`)
    const { writes } = box
    box.step({ type: 'signed-out' })
    expect(box.writes).toBe(writes)
    box.restart()
    box.step({ type: 'signed-out' })
    expect(countOutbox(box.state)).toEqual({ waiting: 100, failed: 0 })
    box.step({ type: 'signed-in' })
    expect(box.stateOf(uuid(1))).toBe('queued')
  })

  test('[O8] a wait that the server asked for is kept over signing in', () => {
    const box = new OutboxDriver()
    box.online()
    box.send('hello')
    box.refuse('rate_limited', { retryAfterMs: 60_000 })
    box.offline(4401)
    box.pass(10_000)
    box.step({ type: 'signed-in' })
    box.online()
    box.pass(49_999)
    expect(box.transmitted).toHaveLength(1)
    box.pass(1)
    expect(box.transmitted).toHaveLength(2)
  })
})
