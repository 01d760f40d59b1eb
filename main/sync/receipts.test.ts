import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Receipt } from '../../protocol/model/receipt.ts'
import {
  mergeReceipt,
  mergeStanding,
  NO_STANDING,
  reachOf,
  receiptState,
  type Standing,
  standingOf,
} from './receipts.ts'

const receipt = (user: string, joined: number, delivered: number, read: number): Receipt => ({
  user,
  joined,
  delivered,
  read,
})

function standing(others: readonly Receipt[], members = others.map(({ user }) => user)): Standing {
  const known = new Map(others.map((each) => [each.user, each]))
  return standingOf(['me', ...members], known, 'me')
}

describe('how own messages stand', () => {
  test.each([
    ['alone', [], { delivered: 0, read: 0 }],
    ['the other has nothing yet', [receipt('bob', 1, 0, 0)], { delivered: 0, read: 0 }],
    ['the other has some, and read less', [receipt('bob', 1, 7, 4)], { delivered: 7, read: 4 }],
    [
      'the slowest of several counts',
      [receipt('bob', 1, 9, 9), receipt('cat', 1, 7, 2), receipt('dan', 1, 8, 3)],
      { delivered: 7, read: 2 },
    ],
    [
      'one who joined later holds nothing older back',
      [receipt('bob', 1, 9, 8), receipt('cat', 6, 0, 0)],
      { delivered: 6, read: 6 },
    ],
    [
      'but makes nothing delivered that nobody has',
      [receipt('cat', 6, 0, 0)],
      { delivered: 0, read: 0 },
    ],
    [
      'until it has what was written before it came',
      [receipt('cat', 6, 6, 3)],
      { delivered: 6, read: 3 },
    ],
    [
      'nobody has more than the furthest has',
      [receipt('bob', 8, 5, 5), receipt('cat', 9, 0, 0)],
      { delivered: 5, read: 5 },
    ],
  ])('[R1] %s', (_, others, expected) => {
    expect(standing(others)).toEqual(expected)
  })

  test('[R1] one of whom nothing was told has nothing; own marks and those of who left count for nothing', () => {
    expect(standing([receipt('bob', 1, 9, 9)], ['bob', 'cat'])).toEqual(NO_STANDING)
    expect(standing([receipt('me', 1, 9, 9), receipt('bob', 1, 3, 2)], ['bob'])).toEqual({
      ...{ delivered: 3, read: 2 },
    })
  })

  test.each([
    [3, 'read'],
    [4, 'delivered'],
    [7, 'delivered'],
    [8, 'sent'],
  ] as const)('[R1] a message at %i is %s', (seq, state) => {
    expect(receiptState(seq, { delivered: 7, read: 3 })).toBe(state)
  })
})

describe('what is told', () => {
  test('[R2] only adds, and what is known already is the same object', () => {
    const known = receipt('bob', 2, 5, 3)
    expect(mergeReceipt(known, receipt('bob', 1, 4, 2))).toBe(known)
    expect(mergeReceipt(known, receipt('bob', 1, 4, 4))).toEqual(receipt('bob', 2, 5, 4))
    expect(mergeReceipt(null, receipt('bob', 0, 0, 0))).toEqual(receipt('bob', 0, 0, 0))
    const before = { delivered: 5, read: 3 }
    expect(mergeStanding(before, { delivered: 4, read: 3 })).toBe(before)
    expect(mergeStanding(before, { delivered: 4, read: 4 })).toEqual({ delivered: 5, read: 4 })
  })

  test('[R1] what was read was delivered', () => {
    expect(mergeReceipt(null, receipt('bob', 1, 2, 6))).toEqual(receipt('bob', 1, 6, 6))
  })
})

test('[R1] of a message in a group: how many it is for, and how many have it', () => {
  const others = [receipt('bob', 1, 9, 9), receipt('cat', 1, 5, 0), receipt('dan', 6, 9, 0)]
  const known = new Map(others.map((each) => [each.user, each]))
  const members = ['me', 'bob', 'cat', 'dan', 'eve']
  expect(reachOf(4, members, known, 'me')).toEqual({ of: 3, delivered: 2, read: 1 })
  expect(reachOf(8, members, known, 'me')).toEqual({ of: 4, delivered: 2, read: 1 })
})

/** What may happen in a conversation, to one of its members. */
interface Happening {
  readonly what: 'send' | 'store' | 'read' | 'join' | 'leave'
  readonly user: 'bob' | 'cat' | 'dan'
  readonly part: number
  /** Whether what the server would tell of it gets lost. */
  readonly isLost: boolean
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom('send', 'send', 'store', 'store', 'read', 'read', 'join', 'leave'),
  user: fc.constantFrom('bob', 'cat', 'dan'),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  isLost: fc.boolean(),
})

test('[R1] [R2] a state never moves back, and never says more than the marks of some moment said', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      // What is true, as the server has it, and what the client knows of it.
      let head = 1
      const members = new Set(['bob'])
      const truth = new Map([['bob', receipt('bob', 1, 0, 0)]])
      const known = new Map<string, Receipt>()
      const sent: number[] = []
      const shown = new Map<number, number>()
      const earned = new Map<number, number>()
      let stands = NO_STANDING

      for (const { what, user, part, isLost } of happenings) {
        const before = truth.get(user) ?? receipt(user, 0, 0, 0)
        const upTo = Math.round(part * head)
        if (what === 'send') {
          head += 1
          sent.push(head)
        } else if (what === 'join' && !members.has(user)) {
          head += 1
          members.add(user)
          truth.set(user, { ...before, joined: head })
          known.set(user, mergeReceipt(known.get(user) ?? null, receipt(user, head, 0, 0)))
        } else if (what === 'leave' && members.delete(user)) head += 1
        else if ((what === 'store' || what === 'read') && members.has(user)) {
          const delivered = Math.max(before.delivered, upTo)
          const read = what === 'read' ? Math.max(before.read, upTo) : before.read
          truth.set(user, { ...before, delivered, read })
        }
        const now = truth.get(user)
        if (!isLost && now !== undefined) {
          known.set(user, mergeReceipt(known.get(user) ?? null, now))
        }
        stands = mergeStanding(stands, standingOf(members, known, 'me'))

        for (const seq of sent) {
          const present = [...members].map((id) => truth.get(id) ?? receipt(id, 0, 0, 0))
          const counting = present.filter(({ joined }) => joined < seq)
          const has = (mark: 'delivered' | 'read') =>
            present.some((each) => each[mark] >= seq) && counting.every((each) => each[mark] >= seq)
          const rank = has('read') ? 2 : has('delivered') ? 1 : 0
          earned.set(seq, Math.max(earned.get(seq) ?? 0, rank))
          const state = ['sent', 'delivered', 'read'].indexOf(receiptState(seq, stands))
          expect(state).toBeGreaterThanOrEqual(shown.get(seq) ?? 0)
          expect(state).toBeLessThanOrEqual(earned.get(seq) ?? 0)
          shown.set(seq, state)
        }
      }
    }),
    { seed: 20261125, numRuns: 2_000 },
  )
})
