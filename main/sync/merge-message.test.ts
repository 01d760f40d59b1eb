import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Message, Reactions } from '../../protocol/model/message.ts'
import {
  bury,
  confirmedMessage,
  mergeEdit,
  mergeMessage,
  mergeReaction,
  withReaction,
} from './merge-message.ts'
import type { Operation } from './operation.ts'
import { messageOf, uuid } from './test-support/outbox-driver.ts'

const AT = '2026-02-02T00:00:00.000Z'
const CONTEXT = { self: 'me', at: AT, applied: 3 }
const LATER = '2026-03-03T00:00:00.000Z'
type Fact =
  | { readonly kind: 'edit'; readonly version: number }
  | { readonly kind: 'react'; readonly user: string; readonly on: boolean }
  | { readonly kind: 'delete' }

const stored = messageOf({ id: 'm1', body: 'first', reactions: { '👍': ['bob'] } })

describe('a whole message onto the stored one', () => {
  test('[S3] the same or an older one changes nothing', () => {
    const newer = { ...stored, version: 3, body: 'third' }
    expect(mergeMessage(newer, stored)).toBe(newer)
    expect(mergeMessage(stored, { ...stored })).toBe(stored)
  })

  test('[S4] a newer one wins; reactions stay as their events left them', () => {
    const told = { ...stored, version: 2, body: 'second', reactions: {} }
    expect(mergeMessage(stored, told)).toEqual({ ...told, reactions: { '👍': ['bob'] } })
  })

  test('[S4] a tombstone wins over everything, in either order, and has neither body nor reactions', () => {
    const told = { ...stored, version: 1, deletedAt: AT }
    const buried = mergeMessage(stored, told)
    expect(buried).not.toHaveProperty('body')
    expect(buried).toMatchObject({ deletedAt: AT, reactions: {} })
    expect(mergeMessage(buried, { ...stored, version: 9 })).toBe(buried)
    expect(mergeMessage(null, told)).not.toHaveProperty('body')
  })

  test('[O2] the key of an own message is learnt, and kept', () => {
    const told = { ...stored, key: uuid(1) }
    expect(mergeMessage(stored, told).key).toBe(uuid(1))
    expect(mergeMessage(told, { ...stored, version: 2 }).key).toBe(uuid(1))
  })
})

describe('changes onto the stored message', () => {
  test('[S4] an edit of the version before or the same; never an older one', () => {
    const edit = { id: 'm1', body: 'second', version: 2, editedAt: AT }
    const edited = mergeEdit(stored, edit)
    expect(edited).toMatchObject({ body: 'second', version: 2, editedAt: AT })
    expect(mergeEdit(edited, edit)).toBe(edited)
    expect(mergeEdit(edited, { ...edit, editedAt: LATER }).editedAt).toBe(LATER)
    expect(mergeEdit(edited, { ...edit, version: 1, body: 'old' })).toBe(edited)
  })

  test('[S4] a replayed edit of a message that was deleted since buries it', () => {
    const edit = { id: 'm1', version: 2, editedAt: AT, deletedAt: LATER }
    expect(mergeEdit(stored, edit)).toMatchObject({ deletedAt: LATER, version: 2 })
    expect(mergeEdit(stored, edit)).not.toHaveProperty('body')
  })

  test('[S3] a deletion again changes nothing', () => {
    const buried = bury(stored, 2, AT)
    expect(bury(buried, 2, LATER)).toBe(buried)
    expect(bury(buried, 1, LATER)).toBe(buried)
  })

  test('[S4] reactions are sets: adding twice is once, and nobody’s emoji goes', () => {
    const both = mergeReaction(stored, '👍', 'me', true)
    expect(both.reactions).toEqual({ '👍': ['bob', 'me'] })
    expect(mergeReaction(both, '👍', 'me', true)).toBe(both)
    const none = mergeReaction(mergeReaction(both, '👍', 'me', false), '👍', 'bob', false)
    expect(none.reactions).toEqual({})
    expect(mergeReaction(none, '👍', 'me', false)).toBe(none)
  })

  test('[S3] any history of facts, any of them repeated, ends in the same row', () => {
    const fact: fc.Arbitrary<Fact> = fc.oneof(
      fc.record({ kind: fc.constant('edit' as const), version: fc.integer({ min: 1, max: 6 }) }),
      fc.record({
        kind: fc.constant('react' as const),
        user: fc.constantFrom('a', 'b'),
        on: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('delete' as const) }),
    )
    const apply = (message: Message, one: Fact): Message => {
      if (one.kind === 'delete') return bury(message, 7, AT)
      if (one.kind === 'react') return mergeReaction(message, '👍', one.user, one.on)
      const { version } = one
      return mergeEdit(message, { id: 'm1', body: `v${version}`, version, editedAt: AT })
    }
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 12 }), (facts) => {
        const once = facts.reduce(apply, stored)
        const twice = facts.reduce((message, one) => apply(apply(message, one), one), stored)
        expect(twice).toEqual(once)
      }),
      { seed: 3 },
    )
  })
})

describe('what a confirmed operation makes of its message', () => {
  const base = {
    key: uuid(1),
    conversation: 'c',
    ordinal: 1,
    createdAt: 0,
    attempts: 0,
    mayHaveArrived: true,
    status: { state: 'sending' },
  } as const
  const target = { key: 'm1', id: 'm1' }
  const edit: Operation = { ...base, kind: 'edit', target, body: 'mine', baseVersion: 1 }

  test('[S1] an edit is seen before its event is here, and is not undone by it', () => {
    const result = { kind: 'edit', message: 'm1', version: 2 } as const
    const confirmed = confirmedMessage(edit, result, stored, CONTEXT)
    expect(confirmed).toMatchObject({ body: 'mine', version: 2, editedAt: AT })
    const event = { id: 'm1', body: 'mine', version: 2, editedAt: LATER }
    expect(confirmed && mergeEdit(confirmed, event)).toMatchObject({ editedAt: LATER })
  })

  test('[S1] an answer behind a newer edit of somebody else’s changes nothing', () => {
    const result = { kind: 'edit', message: 'm1', version: 2 } as const
    const newer = { ...stored, body: 'newer', version: 3 }
    expect(confirmedMessage(edit, result, newer, CONTEXT)).toBe(newer)
  })

  test('[S1] a deletion and a reaction likewise', () => {
    const deletion: Operation = { ...base, kind: 'delete', target }
    const react: Operation = { ...base, kind: 'react', target, emoji: '🎉', on: true }
    expect(
      confirmedMessage(deletion, { kind: 'delete', message: 'm1' }, stored, CONTEXT),
    ).toMatchObject({ deletedAt: AT })
    expect(
      confirmedMessage(react, { kind: 'react', message: 'm1', seq: 4 }, stored, CONTEXT)?.reactions,
    ).toEqual({ '👍': ['bob'], '🎉': ['me'] })
  })

  test('[S3] a late answer to a reaction does not undo what another device did since', () => {
    const react: Operation = { ...base, kind: 'react', target, emoji: '🎉', on: true }
    const result = { kind: 'react', message: 'm1', seq: 4 } as const
    expect(confirmedMessage(react, result, stored, { ...CONTEXT, applied: 5 })).toBe(stored)
  })

  test('[S1] a message that is not here, and a read marker, write nothing', () => {
    const result = { kind: 'edit', message: 'm1', version: 2 } as const
    expect(confirmedMessage(edit, result, null, CONTEXT)).toBeNull()
    const read: Operation = { ...base, kind: 'read', seq: 3 }
    expect(confirmedMessage(read, { kind: 'read' }, null, CONTEXT)).toBeNull()
  })
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
  '[O9] a reaction named %s is a reaction like any other',
  (emoji) => {
    const one = withReaction({}, emoji, 'u1', true)
    expect(Object.entries(one)).toEqual([[emoji, ['u1']]])
    const two = withReaction(one, emoji, 'u2', true)
    expect(Object.entries(two)).toEqual([[emoji, ['u1', 'u2']]])
    const kept = Reactions.parse(JSON.parse(JSON.stringify(two)))
    expect(Object.entries(withReaction(kept, emoji, 'u1', false))).toEqual([[emoji, ['u2']]])
    expect(Object.entries(withReaction(one, emoji, 'u1', false))).toEqual([])
  },
)
