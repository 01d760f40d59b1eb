import { describe, expect, test } from 'vitest'
import { MAX_IN_FLIGHT } from './outbox-pump.ts'
import { OutboxDriver } from './test-support/outbox-driver.ts'

/** Very many conversations with something waiting in each. */
function waitingIn(conversations: number, each = 1): OutboxDriver {
  const box = new OutboxDriver()
  for (let n = 0; n < conversations * each; n += 1) box.send(`${n}`, `c${n % conversations}`)
  return box
}

describe('thousands that wait', () => {
  test('[S6] [O8] are signed out and in without touching one of them', () => {
    const box = waitingIn(1, 2_000)
    expect(box.step({ type: 'signed-out' })).toEqual([])
    expect(box.step({ type: 'signed-in' })).toEqual([])
  })

  test('[S6] [O3] in a thousand conversations: some are on the line at once, and each has its turn before any has two', () => {
    const box = waitingIn(1_000, 2)
    box.online(true)
    expect(box.transmitted).toHaveLength(MAX_IN_FLIGHT)
    for (let answered = 0; answered < 2_000; answered += 1) {
      const next = box.transmitted[answered]
      if (next === undefined) throw new Error('something waits for ever')
      box.accept(next)
      expect(box.state.inFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT)
    }
    const first = box.transmitted
      .slice(0, 1_000)
      .map(({ request }) => 'body' in request && request.body)
    expect(new Set(first.map((body) => Number(body) % 1_000)).size).toBe(1_000)
    expect(box.rows.size).toBe(0)
  })

  test('[O3] [O6] one that ends the line does not keep the others from theirs', () => {
    const box = waitingIn(300)
    box.online(true)
    box.offline(1009)
    box.online(true)
    for (const transmit of box.transmitted) if (box.has(transmit.key)) box.accept(transmit)
    expect(box.rows.size).toBe(0)
  })

  test('[S6] [O7] that all come due while the computer sleeps are taken some at a time', () => {
    const box = waitingIn(1_000)
    box.online()
    for (let n = 0; n < 1_000; n += 1) box.refuse('unavailable', {}, box.transmitted[n])
    box.offline()
    box.monotonicMs += 3_600_000
    box.wallMs += 3_600_000
    expect(box.step({ type: 'tick' }).length).toBeLessThanOrEqual(MAX_IN_FLIGHT)
    box.pass(0)
    expect(
      [...box.rows.values()].every(
        ({ status }) => status.state === 'unconfirmed' || status.state === 'queued',
      ),
    ).toBe(true)
  })
})
