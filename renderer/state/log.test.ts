import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessageView } from '../../protocol/ipc/views.ts'
import { messageView, pageOf, unsent } from '../testing/views.ts'
import {
  addNewer,
  addOlder,
  applyMessages,
  entriesOf,
  findEntry,
  fromNewestPage,
  fromWindow,
  type Log,
  lastEditable,
  MAX_LOADED,
  trim,
} from './log.ts'

const range = (from: number, to: number): MessageView[] =>
  Array.from({ length: to - from + 1 }, (_, i) => messageView(from + i))
const keys = (log: Log): string[] => entriesOf(log).map((entry) => entry.message.key)
const newest = (messages: MessageView[], hasOlder = false): Log =>
  fromNewestPage({ messages, hasOlder }, 0)

describe('order', () => {
  test('[O3] confirmed messages go by seq, then the unconfirmed as they were made', () => {
    const log = applyMessages(newest(range(1, 3)), [unsent('a'), unsent('b')], [], 1)
    expect(keys(log)).toEqual(['k1', 'k2', 'k3', 'a', 'b'])
  })

  test('[O3] a message that is confirmed leaves its place among the unconfirmed', () => {
    const before = applyMessages(newest(range(1, 2)), [unsent('a'), unsent('b')], [], 1)
    const log = applyMessages(before, [messageView(3, { key: 'a', own: true })], [], 2)
    expect(keys(log)).toEqual(['k1', 'k2', 'a', 'b'])
  })

  test('[S4] a message that a restored server lost stands among the unconfirmed, once', () => {
    const log = applyMessages(newest(range(1, 3)), [unsent('k2')], [], 1)
    expect(keys(log)).toEqual(['k1', 'k3', 'k2'])
  })

  test('[O3] a change of an unconfirmed message leaves it where it is', () => {
    const before = applyMessages(newest([]), [unsent('a'), unsent('b')], [], 1)
    const log = applyMessages(before, [unsent('a', { state: 'sending' })], [], 2)
    expect(keys(log)).toEqual(['a', 'b'])
    expect(findEntry(log, 'a')?.receivedAt).toBe(2)
    expect(findEntry(log, 'b')).toBe(findEntry(before, 'b'))
  })

  test('a message that was discarded is gone', () => {
    const before = applyMessages(newest(range(1, 2)), [unsent('a')], [], 1)
    expect(keys(applyMessages(before, [], ['a', 'k1'], 2))).toEqual(['k2'])
  })
})

describe('the window', () => {
  test('a change far below the window does not join it: what lies between is not loaded', () => {
    const log = newest(range(50, 60), true)
    expect(keys(applyMessages(log, [messageView(7)], [], 1))).toEqual(keys(log))
  })

  test('where nothing older exists, an earlier message joins', () => {
    const log = applyMessages(newest(range(3, 4)), [messageView(1)], [], 1)
    expect(keys(log)).toEqual(['k1', 'k3', 'k4'])
  })

  test('a window back in the conversation takes no new messages and hides the unconfirmed', () => {
    const log = fromWindow(
      { messages: range(10, 20), hasOlder: true },
      { messages: [...range(90, 99), unsent('a')], hasOlder: true },
      0,
    )
    const later = applyMessages(log, [messageView(100), unsent('b')], [], 1)
    expect(later.attached).toBe(false)
    expect(later.headSeq).toBe(100)
    expect(keys(later)).toEqual(keys(log))
  })

  test('the window joins the end once it reaches it, and shows the unconfirmed', () => {
    const log = fromWindow(
      { messages: range(10, 20), hasOlder: true },
      { messages: [...range(24, 25), unsent('a')], hasOlder: true },
      0,
    )
    const whole = addNewer(log, { messages: range(15, 25), hasOlder: true }, 120, 1)
    expect(whole.attached).toBe(true)
    expect(keys(whole)).toEqual([...range(10, 25).map((m) => m.key), 'a'])
  })

  test('older pages go before, and what overlaps is not doubled', () => {
    const log = addOlder(
      newest(range(10, 12), true),
      { messages: range(7, 11), hasOlder: false },
      1,
    )
    expect(keys(log)).toEqual(range(7, 12).map((m) => m.key))
    expect(log.hasOlder).toBe(false)
  })

  test('memory is bounded: the far end is cut, the visible part never', () => {
    const log = newest(range(1, MAX_LOADED + 500))
    const top = trim(log, 10)
    expect(top.attached).toBe(false)
    expect(top.confirmed[10]).toBe(log.confirmed[10])
    const bottom = trim(log, MAX_LOADED + 490)
    expect(bottom.hasOlder).toBe(true)
    expect(bottom.confirmed.at(-10)).toBe(log.confirmed.at(-10))
    expect(bottom.confirmed.length).toBeLessThan(log.confirmed.length)
    const small = newest(range(1, MAX_LOADED))
    expect(trim(small, 0)).toBe(small)
  })
})

test('Up finds the last own message that can be edited', () => {
  const log = newest([
    messageView(1, { own: true, editable: true }),
    messageView(2, { own: true, editable: true }),
    messageView(3, { own: true, editable: false }),
    messageView(4, { own: true, editable: true, body: null }),
    messageView(5),
  ])
  expect(lastEditable(log)?.key).toBe('k2')
  expect(lastEditable(applyMessages(log, [unsent('a')], [], 1))?.key).toBe('a')
  expect(lastEditable(newest([messageView(1)]))).toBeUndefined()
})

test('whatever is loaded and told in whatever order: sorted, nothing twice, nothing missing in between', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('older' as const) }),
    fc.record({ kind: fc.constant('told' as const), seq: fc.integer({ min: 1, max: 130 }) }),
    fc.record({ kind: fc.constant('arrives' as const) }),
    fc.record({ kind: fc.constant('trim' as const), at: fc.integer({ min: 0, max: 200 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const all = range(1, 100)
      let log = fromNewestPage(pageOf(all, { limit: 10 }), 0)
      for (const [at, s] of steps.entries()) {
        const bottom = log.confirmed[0]?.message.seq ?? 1
        if (s.kind === 'older') log = addOlder(log, pageOf(all, { before: bottom, limit: 7 }), at)
        if (s.kind === 'trim') log = trim(log, s.at)
        if (s.kind === 'told') {
          const known = all[s.seq - 1]
          if (known !== undefined) log = applyMessages(log, [{ ...known, body: 'new' }], [], at)
        }
        if (s.kind === 'arrives') {
          const next = messageView(all.length + 1)
          all.push(next)
          log = applyMessages(log, [next], [], at)
        }
      }
      const seqs = entriesOf(log).map((entry) => entry.message.seq ?? 0)
      const first = seqs[0] ?? 0
      expect(seqs).toEqual(seqs.map((_, i) => first + i))
      expect(log.attached).toBe(true)
      expect(seqs.at(-1)).toBe(all.length)
      expect(log.hasOlder).toBe(first > 1)
    }),
    { seed: 20261123, numRuns: 300 },
  )
})
