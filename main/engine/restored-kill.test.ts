import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreFixture } from '../store/test-support/store-fixture.ts'
import { StreamDriver } from './stream-driver.ts'
import { handTurnedLoop } from './test-support/hand-turned-loop.ts'
import { VirtualTime } from './test-support/virtual-time.ts'
import { TURN_BUDGET_MS } from './turn-loop.ts'

const HEADS = { c1: 3, c2: 3, c3: 3 }

let fixture: StoreFixture
let steady = 0
/** Streams whose losses came back to the user, in order. */
let restored: string[]

beforeEach(() => {
  fixture = new StoreFixture()
  restored = []
  fixture.store.transaction(() => {
    fixture.store.putSetting('instance', 'one')
    for (const stream of Object.keys(HEADS)) {
      fixture.store.putCursor(stream, { applied: 9, floor: 0 })
    }
  })
})
afterEach(() => fixture.dispose())

/** A process that is greeted by the restored server; each turn restores one stream. */
function process(): { turns: (() => void)[] } {
  const { store } = fixture
  const time = new VirtualTime()
  const { loop, turns } = handTurnedLoop(store, () => steady)
  const driver = new StreamDriver({
    ...{ store, loop, clock: time, timers: time },
    workspace: {
      beginStream: () => undefined,
      resetConversation: (id, head) => store.clearStream(id, head),
    },
    transport: {
      request: () => new Promise(() => undefined),
      pause: () => undefined,
      resume: () => undefined,
    },
    applier: { apply: () => undefined },
    restored: ({ stream }) => {
      restored.push(stream)
      steady += TURN_BUDGET_MS
      return () => 'done'
    },
    refused: () => undefined,
  })
  driver.feed({ type: 'greeted', heads: HEADS, instance: 'two', restoredToMs: null })
  return { turns }
}

test.each([1, 2, 3])(
  '[S4] [O1] killed after %i of three streams were restored, the next start restores the rest',
  (done) => {
    const killed = process()
    for (let n = 0; n < done; n += 1) killed.turns.shift()?.()
    expect(restored).toHaveLength(done)
    expect(fixture.store.setting('instance')).toBe('one')
    const { turns } = process()
    while (turns.length > 0) turns.shift()?.()
    expect([...restored].sort()).toEqual(['c1', 'c2', 'c3'])
    expect(fixture.store.loadCursors().size).toBe(0)
    expect(fixture.store.setting('instance')).toBe('two')
  },
)
