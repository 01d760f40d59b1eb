import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StreamEvent } from '../../protocol/model/event.ts'
import { StoreFixture } from '../store/test-support/store-fixture.ts'
import { StreamDriver } from './stream-driver.ts'
import { handTurnedLoop } from './test-support/hand-turned-loop.ts'
import { VirtualTime } from './test-support/virtual-time.ts'
import { TURN_BUDGET_MS, type TurnLoop } from './turn-loop.ts'

/** The stream of a user: its events touch nothing but the cursor here. */
const STREAM = 'user:u1'
/** What applying one event takes, ms: two fill a turn. */
const APPLY_MS = TURN_BUDGET_MS / 2

let fixture: StoreFixture
let steady: number
let log: string[]
let turns: (() => void)[]
let loop: TurnLoop
let driver: StreamDriver

beforeEach(() => {
  fixture = new StoreFixture()
  steady = 0
  log = []
  const time = new VirtualTime()
  const { store } = fixture
  ;({ loop, turns } = handTurnedLoop(store, () => steady))
  driver = new StreamDriver({
    store,
    loop,
    clock: time,
    timers: time,
    workspace: { beginStream: () => undefined, resetConversation: () => undefined },
    transport: {
      request: () => new Promise(() => undefined),
      pause: () => log.push('pause'),
      resume: () => log.push('resume'),
    },
    applier: {
      apply: (_stream, { seq }) => {
        log.push(`event ${seq}`)
        steady += APPLY_MS
      },
    },
    restored: () => () => 'done',
    refused: () => undefined,
  })
  driver.feed({ type: 'greeted', heads: { [STREAM]: 0 }, instance: null, restoredToMs: null })
  turn()
})
afterEach(() => {
  driver.stop()
  fixture.dispose()
})

/** One turn of the event loop; what it applied and what is stored after it. */
function turn(): { log: string[]; stored: number | undefined } {
  log = []
  turns.shift()?.()
  return { log, stored: fixture.store.loadCursors().get(STREAM)?.applied }
}

const feed = (first: number, count: number) => {
  const events = Array.from({ length: count }, (_, i): StreamEvent => {
    const at = '2026-01-01T00:00:00.000Z'
    return { seq: first + i, at, by: 'u1', type: 'read', conversation: 'c1', upTo: 1 }
  })
  driver.feed({ type: 'events', stream: STREAM, events })
}

test('[S6, S1] a slice ends at its budget, with its cursor, and goes on in the next turn', () => {
  feed(1, 5)
  expect(turn()).toEqual({ log: ['event 1', 'event 2'], stored: 2 })
  expect(turn()).toEqual({ log: ['event 3', 'event 4'], stored: 4 })
  expect(turn()).toEqual({ log: ['event 5'], stored: 5 })
  expect(turns).toEqual([])
})

test('[S6] what the user does between two slices comes before the next', async () => {
  feed(1, 4)
  turn()
  const answer = loop.run(() => log.push('command'))
  expect(turn().log).toEqual(['command', 'event 3', 'event 4'])
  await expect(answer).resolves.toBe(1)
})

test('[S6] one frame after another fills the same turn', () => {
  feed(1, 1)
  feed(2, 2)
  expect(turn()).toEqual({ log: ['event 1', 'event 2'], stored: 2 })
  expect(turn()).toEqual({ log: ['event 3'], stored: 3 })
})

test('[S6, V7] the socket is left unread while more than a few turns wait', () => {
  log = []
  feed(1, 300)
  expect(log).toEqual([])
  feed(301, 200)
  expect(log).toEqual(['pause'])
  const slices: string[] = []
  while (turns.length > 0) slices.push(...turn().log)
  expect(slices.indexOf('resume')).toBe(250)
  expect(slices.filter((entry) => entry === 'pause')).toEqual([])
})
