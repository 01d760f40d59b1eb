import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConnectionInput,
  type ConnectionState,
  reconnectDelayMs,
  STABLE_AFTER_MS,
  stepConnection,
} from './connection.ts'

const half = () => 0.5
const step = (state: ConnectionState, input: ConnectionInput, at = 0) =>
  stepConnection(state, input, at, half)

const stopped: ConnectionState = { status: 'stopped' }
const signedOut: ConnectionState = { status: 'signed-out' }
const connecting: ConnectionState = { status: 'connecting', failures: 3 }
const online: ConnectionState = { status: 'online', failures: 3, sinceMs: 0 }
const offline: ConnectionState = {
  status: 'offline',
  failures: 3,
  reason: 'refused',
  retryAtMs: 9,
}

describe('every state with every input', () => {
  test.each<[ConnectionState, ConnectionInput['type'], ConnectionState]>([
    [stopped, 'start', { status: 'connecting', failures: 0 }],
    [stopped, 'greeted', stopped],
    [stopped, 'lost', stopped],
    [stopped, 'refused', stopped],
    [stopped, 'due', stopped],
    [stopped, 'try-now', stopped],
    [stopped, 'stop', stopped],
    [signedOut, 'start', { status: 'connecting', failures: 0 }],
    [signedOut, 'greeted', signedOut],
    [signedOut, 'lost', signedOut],
    [signedOut, 'refused', signedOut],
    [signedOut, 'due', signedOut],
    [signedOut, 'try-now', signedOut],
    [signedOut, 'stop', stopped],
    [connecting, 'start', connecting],
    [connecting, 'greeted', { status: 'online', failures: 3, sinceMs: 100 }],
    [connecting, 'lost', { status: 'offline', failures: 4, reason: 'cut', retryAtMs: 4100 }],
    [connecting, 'refused', signedOut],
    [connecting, 'due', connecting],
    [connecting, 'try-now', connecting],
    [connecting, 'stop', stopped],
    [online, 'start', online],
    [online, 'greeted', online],
    [online, 'lost', { status: 'offline', failures: 4, reason: 'cut', retryAtMs: 4100 }],
    [online, 'refused', signedOut],
    [online, 'due', online],
    [online, 'try-now', online],
    [online, 'stop', stopped],
    [offline, 'start', offline],
    [offline, 'greeted', offline],
    [offline, 'lost', offline],
    [offline, 'refused', signedOut],
    [offline, 'due', { status: 'connecting', failures: 3 }],
    [offline, 'try-now', { status: 'connecting', failures: 0 }],
    [offline, 'stop', stopped],
  ])('[S5] %o and %s', (state, type, expected) => {
    const input: ConnectionInput =
      type === 'lost' ? { type, reason: 'cut', retryAfterMs: 0 } : { type }
    expect(step(state, input, 100)).toEqual(expected)
  })
})

describe('waits', () => {
  test('[S5] the ceiling doubles from 1 s to 60 s and stays there, for ever', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 500].map((n) => reconnectDelayMs(n, () => 1 - 1e-9))
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000])
  })

  test('[S5] full jitter: any wait up to the ceiling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 0.999 }), (n, r) => {
        const ceiling = Math.min(1000 * 2 ** (n - 1), 60_000)
        expect(reconnectDelayMs(n, () => r)).toBe(Math.round(r * ceiling))
      }),
      { seed: 5 },
    )
  })

  test('[S5] a line that lasted 30 s starts anew; a shorter one goes on where it was', () => {
    const lostAfter = (ms: number) =>
      step(online, { type: 'lost', reason: 'cut', retryAfterMs: 0 }, ms)
    expect(lostAfter(STABLE_AFTER_MS - 1)).toMatchObject({ status: 'offline', failures: 4 })
    expect(lostAfter(STABLE_AFTER_MS)).toMatchObject({ status: 'offline', failures: 1 })
  })

  test('[S5] what the server asks for wins when it is longer, up to the longest wait', () => {
    const after1 = { type: 'lost', reason: 'cut', retryAfterMs: 7000 } as const
    const after2 = { type: 'lost', reason: 'cut', retryAfterMs: 1e15 } as const
    expect(step(connecting, after1)).toMatchObject({ retryAtMs: 7000 })
    expect(step(connecting, after2)).toMatchObject({ retryAtMs: 60_000 })
  })

  test('[G2] a server that needs a newer client is not tried by itself, and only when the user wants it', () => {
    const outdated = step(connecting, { type: 'outdated' })
    expect(outdated).toEqual({ status: 'outdated' })
    expect(step(outdated, { type: 'due' })).toBe(outdated)
    expect(step(outdated, { type: 'lost', reason: 'cut', retryAfterMs: 0 })).toBe(outdated)
    expect(step(outdated, { type: 'try-now' })).toEqual({ status: 'connecting', failures: 0 })
    expect(step(outdated, { type: 'stop' })).toEqual({ status: 'stopped' })
  })

  test('[O13] "Try now" connects at once and forgets the failures', () => {
    expect(step(offline, { type: 'try-now' })).toEqual({ status: 'connecting', failures: 0 })
  })
})
