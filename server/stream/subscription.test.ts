import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Access, StreamEntry } from '../domain/stream-entry.ts'
import type { Page } from '../store/store.ts'
import { Subscription } from './subscription.ts'

function entry(seq: number, access?: Access): StreamEntry {
  return access === undefined ? { seq, json: `{${seq}}` } : { seq, json: `{${seq}}`, access }
}

function entries(from: number, to: number): StreamEntry[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => entry(from + i))
}

function page(from: number, to: number, head = to): Page {
  return { entries: entries(from, to), head }
}

function seqs(sent: readonly StreamEntry[]): number[] {
  return sent.map(({ seq }) => seq)
}

const removed: Access = { user: 'bob', conversation: 'c', allowed: false }

describe('[V5] reading, then live', () => {
  test('the last page and what was buffered come out together, without what is in both', () => {
    const sub = new Subscription('c', 'bob', 2)
    expect(sub.takeLive(entries(4, 6))).toEqual([])
    expect(sub.beginPage()).toBe(2)
    expect(seqs(sub.takePage(page(3, 5)))).toEqual([3, 4, 5, 6])
    expect(sub.phase).toBe('live')
    expect(seqs(sub.takeLive(entries(7, 8)))).toEqual([7, 8])
  })

  test('a page that does not reach the head is followed by another', () => {
    const sub = new Subscription('c', 'bob', 0)
    expect(seqs(sub.takePage(page(1, 2, 4)))).toEqual([1, 2])
    expect(sub.phase).toBe('reading')
    expect(sub.beginPage()).toBe(2)
    expect(seqs(sub.takePage(page(3, 4)))).toEqual([3, 4])
    expect(sub.phase).toBe('live')
  })

  test('what was sent before is not sent again', () => {
    const sub = new Subscription('c', 'bob', 5)
    sub.takePage(page(6, 6))
    expect(sub.takeLive(entries(4, 6))).toEqual([])
    expect(seqs(sub.takeLive(entries(6, 7)))).toEqual([7])
  })

  test('a gap in what comes live is read', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.takePage(page(1, 1))
    expect(sub.takeLive(entries(4, 5))).toEqual([])
    expect(sub.phase).toBe('reading')
    expect(seqs(sub.takePage(page(2, 3, 3)))).toEqual([2, 3, 4, 5])
    expect(sub.phase).toBe('live')
  })

  test('a hole between a page that lags and the buffer is read on', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.takeLive(entries(5, 6))
    expect(seqs(sub.takePage(page(1, 2, 2)))).toEqual([1, 2])
    expect(sub.phase).toBe('reading')
    expect(seqs(sub.takePage(page(3, 6)))).toEqual([3, 4, 5, 6])
    expect(sub.phase).toBe('live')
  })

  test('a page that does not begin after the cursor sends nothing', () => {
    const sub = new Subscription('c', 'bob', 0)
    expect(sub.takePage(page(3, 5))).toEqual([])
    expect(sub.cursor).toBe(0)
    expect(sub.phase).toBe('reading')
  })

  test('a deletion in the buffer: what it erased is read without body, not sent from the buffer', () => {
    const sub = new Subscription('c', 'bob', 0)
    expect(sub.beginPage()).toBe(0)
    const deletion = { seq: 3, json: '{"seq":3,"type":"message.deleted"}' }
    sub.takeLive([{ seq: 2, json: '{"body":"SECRET"}' }])
    sub.takeLive([deletion, entry(4)])
    expect(seqs(sub.takePage(page(1, 1)))).toEqual([1])
    expect(sub.phase).toBe('reading')
    expect(sub.beginPage()).toBe(1)
    sub.takeLive([entry(5)])
    const sent = sub.takePage({ entries: [entry(2), deletion, entry(4)], head: 4 })
    expect(seqs(sent)).toEqual([2, 3, 4, 5])
    expect(JSON.stringify(sent)).not.toContain('SECRET')
    expect(sub.phase).toBe('live')
  })

  test('[V7] an overflow of the buffer is forgotten, and read instead', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.beginPage()
    for (let seq = 2; seq <= 2_000; seq++) sub.takeLive([entry(seq)])
    expect(seqs(sub.takePage(page(1, 1)))).toEqual([1])
    expect(sub.phase).toBe('reading')
    expect(sub.beginPage()).toBe(1)
    sub.takeLive([entry(2_001)])
    expect(seqs(sub.takePage(page(2, 2_000)))).toHaveLength(2_000)
    expect(sub.phase).toBe('live')
    expect(sub.cursor).toBe(2_001)
  })

  test('[V7] large entries overflow by their size', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.beginPage()
    for (let seq = 2; seq <= 40; seq++) sub.takeLive([{ seq, json: 'x'.repeat(20_000) }])
    sub.takePage(page(1, 1))
    expect(sub.phase).toBe('reading')
  })

  test('at the head there is nothing to read; beyond it nothing to send', () => {
    const sub = new Subscription('c', 'bob', 5)
    expect(sub.skipReading(5)).toBe(true)
    expect(sub.phase).toBe('live')
    const beyond = new Subscription('c', 'bob', 9)
    expect(beyond.skipReading(5)).toBe(true)
    expect(beyond.takeLive(entries(6, 9))).toEqual([])
    expect(seqs(beyond.takeLive(entries(9, 10)))).toEqual([10])
  })

  test('with something in the buffer, or behind the head, it reads', () => {
    expect(new Subscription('c', 'bob', 4).skipReading(5)).toBe(false)
    const sub = new Subscription('c', 'bob', 5)
    sub.takeLive([entry(6)])
    expect(sub.skipReading(5)).toBe(false)
  })

  test('a shared frame passes when it is the next, and only live', () => {
    const sub = new Subscription('c', 'bob', 5)
    expect(sub.passLive(6, 7)).toBe(false)
    sub.skipReading(5)
    expect(sub.passLive(7, 8)).toBe(false)
    expect(sub.passLive(6, 7)).toBe(true)
    expect(sub.cursor).toBe(7)
  })
})

describe('[V6] removal', () => {
  test('live: the removal is the last thing sent until it was asked', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.skipReading(0)
    expect(seqs(sub.takeLive([entry(1), entry(2, removed), entry(3)]))).toEqual([1, 2])
    expect(sub.phase).toBe('checking')
    expect(sub.takeLive([entry(4)])).toEqual([])
    sub.checked(false)
    expect(sub.phase).toBe('closed')
    expect(sub.takeLive([entry(5)])).toEqual([])
    expect(sub.takePage(page(3, 5))).toEqual([])
  })

  test('in a page: what follows is for one who is a member again', () => {
    const sub = new Subscription('c', 'bob', 0)
    const back: Access = { ...removed, allowed: true }
    const found = { entries: [entry(1, removed), entry(2, back), entry(3)], head: 3 }
    expect(seqs(sub.takePage(found))).toEqual([1])
    expect(sub.phase).toBe('checking')
    sub.checked(true)
    expect(sub.beginPage()).toBe(1)
    expect(seqs(sub.takePage({ entries: found.entries.slice(1), head: 3 }))).toEqual([2, 3])
    expect(sub.phase).toBe('live')
  })

  test('in the buffer: it ends there too', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.takeLive([entry(2), entry(3, removed), entry(4)])
    expect(seqs(sub.takePage(page(1, 2)))).toEqual([1, 2, 3])
    expect(sub.phase).toBe('checking')
  })

  test('of someone else, or told in the own stream of another conversation, it is an event like others', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.skipReading(0)
    expect(sub.takeLive([entry(1, { ...removed, user: 'ann' })])).toHaveLength(1)
    const own = new Subscription('user:bob', 'bob', 0)
    own.skipReading(0)
    expect(own.takeLive([entry(1, removed), entry(2)])).toHaveLength(2)
    expect(own.phase).toBe('live')
  })

  test('in doubt nothing passes; a member reads on', () => {
    const sub = new Subscription('c', 'bob', 0)
    sub.skipReading(0)
    sub.doubt()
    expect(sub.takeLive([entry(1)])).toEqual([])
    sub.checked(true)
    expect(seqs(sub.takePage(page(1, 1)))).toEqual([1])
  })
})

test('[V5] whatever is cut, repeated, lost or late: every entry once, in order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('publish' as const), lose: fc.boolean(), again: fc.boolean() }),
    fc.record({ kind: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 7 }) }),
    fc.record({ kind: fc.constant('deliver' as const) }),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.array(step, { maxLength: 80 }),
      (cursor, steps) => {
        const sub = new Subscription('c', 'bob', cursor)
        let head = 5
        let published = 5
        let pending: Page | null = null
        const sent: number[] = []
        const live = (from: number, to: number) => {
          const next = entries(from, to)
          if (next.length > 0) sent.push(...seqs(sub.takeLive(next)))
        }
        const read = (limit: number) => {
          const after = sub.beginPage()
          pending = page(after + 1, Math.min(head, after + limit), head)
        }
        const deliver = () => {
          if (pending !== null) sent.push(...seqs(sub.takePage(pending)))
          pending = null
        }
        for (const each of steps) {
          if (each.kind === 'commit') head += each.count
          else if (each.kind === 'publish') {
            if (!each.lose) live(each.again ? Math.max(1, published - 2) : published + 1, head)
            published = head
          } else if (each.kind === 'read' && sub.phase === 'reading' && pending === null) {
            read(each.limit)
          } else if (each.kind === 'deliver') deliver()
        }
        // In the end something new is published, and what reads reads on.
        deliver()
        head += 1
        live(head, head)
        for (let turn = 0; sub.phase === 'reading' && turn < 200; turn++) {
          read(50)
          deliver()
        }
        expect(sub.phase).toBe('live')
        expect(sent).toEqual(seqs(entries(cursor + 1, head)))
      },
    ),
    { seed: 5, numRuns: 2_000 },
  )
})
