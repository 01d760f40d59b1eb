import { expect, test } from 'vitest'
import { send } from '../store/test-support/samples.ts'
import { stepOutbox } from '../sync/outbox.ts'
import { EMPTY_OUTBOX } from '../sync/outbox-state.ts'
import { Search, type SearchPorts } from './search.ts'

test('[S6] a search that fits thousands that wait makes no more of them than it shows, the newest', async () => {
  const operations = Array.from({ length: 2_000 }, (_, n) => send(n + 1, { createdAt: n + 1 }))
  const load = { type: 'load', operations, unreadable: [] } as const
  const { state } = stepOutbox(EMPTY_OUTBOX, load, { monotonicMs: 0, wallMs: 0 })
  let made = 0
  const byKey = () => {
    made += 1
    return { body: 'text' }
  }
  const nobody = () => []
  const ports = {
    workspace: {
      ...{ self: 'me', record: () => null, nameOf: () => 'Me', records: nobody, users: nobody },
    },
    outbox: () => state,
    views: () => ({ byKey }),
    store: { searchStep: () => ({ messages: [], next: null }) },
    now: () => 0,
    defer: (callback: () => void) => callback(),
    isComplete: () => true,
  } as unknown as SearchPorts
  const answer = await new Search(ports).find('text', 3)
  expect(answer.messages.map(({ at }) => at)).toEqual([2_000, 1_999, 1_998])
  expect(answer.hasMore).toBe(true)
  expect(made).toBeLessThanOrEqual(4)
})
