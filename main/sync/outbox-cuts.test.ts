import { describe, expect, test } from 'vitest'
import { nextOutboxDeadline } from './outbox-state.ts'
import { OutboxDriver } from './test-support/outbox-driver.ts'

/** Reconnects for as long as it takes: a line that carries `poison` ends at once, any other answers. */
function live(box: OutboxDriver, poison: string, end: () => void, lines = 40): void {
  for (let line = 0; line < lines; line += 1) {
    const { length } = box.transmitted
    box.online()
    serve(box, poison, length)
    end()
    const due = nextOutboxDeadline(box.state)
    box.pass(due === null ? 1000 : Math.max(due - box.monotonicMs, 0))
  }
}

/** Answers what is on the line until the poison is among it. */
function serve(box: OutboxDriver, poison: string, from: number): void {
  for (let next = from; next < box.transmitted.length; next += 1) {
    const line = box.transmitted.slice(next)
    if (line.some(({ key }) => key === poison)) return
    const [first] = line
    if (first !== undefined) box.accept(first)
  }
}

describe('a line that ends at a message', () => {
  test.each([null, 1001, 1006, 1008, 1011, 1012, 1013, 4408, 4999])(
    '[O4] the third end in a row right after it is an attempt; the sixth attempt is the last (%s)',
    (code) => {
      const box = new OutboxDriver()
      const key = box.send('poison')
      live(box, key, () => box.offline(code))
      expect(box.operation(key)).toMatchObject({
        attempts: 6,
        status: { state: 'failed', failure: { code: 'network' } },
      })
      expect(box.transmitted).toHaveLength(8)
    },
  )

  test('[O4] what is behind it, and in other conversations, goes through and is not counted', () => {
    const box = new OutboxDriver()
    const poison = box.send('poison')
    const others = [box.send('behind'), box.send('b', 'b'), box.send('d', 'd')]
    live(box, poison, () => box.offline(1011))
    for (const key of others) expect(box.has(key)).toBe(false)
    expect(box.stateOf(poison)).toBe('failed')
    expect(box.transmitted.filter(({ key }) => key === poison).length).toBeLessThanOrEqual(9)
  })

  test('[O7] the count outlives every restart', () => {
    const box = new OutboxDriver()
    const key = box.send('poison')
    live(box, key, () => {
      box.offline()
      box.restart()
    })
    expect(box.operation(key)).toMatchObject({ attempts: 6, status: { state: 'failed' } })
    expect(box.transmitted).toHaveLength(8)
  })

  test('[O4] any answer ends the row: only ends in a row count', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    for (let turn = 0; turn < 2; turn += 1) {
      box.online()
      box.offline()
    }
    expect(box.operation(key)).toMatchObject({ cuts: 2 })
    box.online()
    box.refuse('unavailable')
    expect(box.operation(key)).not.toHaveProperty('cuts')
    box.pass(2000)
    box.offline()
    expect(box.operation(key)).toMatchObject({ attempts: 1, cuts: 1 })
  })

  test('[O9] a retry by the user begins anew', () => {
    const box = new OutboxDriver()
    const key = box.send('poison')
    live(box, key, () => box.offline())
    box.retry(key)
    expect(box.operation(key)).toMatchObject({ attempts: 0 })
    expect(box.operation(key)).not.toHaveProperty('cuts')
  })

  test('[O8] a line that ends for the session is no end of the message', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    for (let turn = 0; turn < 5; turn += 1) {
      box.online()
      box.offline(4401)
      box.step({ type: 'signed-in' })
    }
    expect(box.operation(key)).toMatchObject({ attempts: 0 })
    expect(box.operation(key)).not.toHaveProperty('cuts')
  })
})
