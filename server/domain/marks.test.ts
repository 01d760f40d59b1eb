import { describe, expect, test } from 'vitest'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import { decide } from './decide.ts'
import type { FactsByOp } from './facts.ts'
import type { MembershipRow } from './rows.ts'
import { changesOf, codeOf, eventsOf } from './test-support/decided.ts'
import { group } from './test-support/harbour.ts'

const circumstances: Circumstances = { now: 6_000_000, editWindowMs: 900_000 }

function place(user: string, role: MembershipRow['role'] = 'member'): MembershipRow {
  return { user, role, seq: 1 }
}

/** Runs the decision of a mark of `ann`. */
function run<O extends 'read' | 'delivered'>(
  op: O,
  request: { conversation: string; seq: number },
  facts: FactsByOp[O],
): Decision<O> {
  const command = {
    op,
    request: { id: 1, op, ...request },
    actor: 'ann',
    fingerprint: new Uint8Array(),
    freshId: '',
    lane: 1,
  }
  return decide(command as unknown as Command<O>, facts, circumstances)
}

describe('read', () => {
  const marks = { joined: 1, delivered: 4, read: 3 }
  const facts = { conversation: group, actor: place('ann'), ...marks, ownHead: 20 }
  const read = (seq: number, more: Partial<FactsByOp['read']> = {}) =>
    run('read', { conversation: 'harbour', seq }, { ...facts, ...more })

  test('moves the own marker, and tells the own stream', () => {
    expect(eventsOf(read(5))).toEqual([
      expect.objectContaining({ stream: 'user:ann', seq: 21, type: 'read', upTo: 5 }),
    ])
  })

  test('never back, never past the head', () => {
    expect(changesOf(read(3))).toEqual([])
    expect(changesOf(read(0))).toEqual([])
    expect(changesOf(read(99))).toContainEqual(expect.objectContaining({ upTo: 7 }))
  })

  test('[V1] for members', () => {
    expect(codeOf(read(5, { actor: null }))).toBe('forbidden')
    expect(codeOf(read(5, { conversation: null }))).toBe('not_found')
  })
})

describe('receipts', () => {
  const marks = { joined: 2, delivered: 4, read: 3 }
  const facts = { conversation: group, actor: place('ann'), ...marks }
  const delivered = (seq: number, more: Partial<FactsByOp['delivered']> = {}) =>
    run('delivered', { conversation: 'harbour', seq }, { ...facts, ...more })
  const read = (seq: number) =>
    run('read', { conversation: 'harbour', seq }, { ...facts, ownHead: 20 })
  const movedOf = (decision: Decision) => (decision.ok ? decision.moved : undefined)

  test('[R3] a delivery moves the own mark, makes no event, and is told with the other marks', () => {
    const decision = delivered(6)
    expect(changesOf(decision)).toEqual([
      { type: 'delivered.set', conversation: 'harbour', user: 'ann', upTo: 6 },
    ])
    const receipt = { user: 'ann', joined: 2, delivered: 6, read: 3 }
    expect(movedOf(decision)).toEqual({ conversation: 'harbour', receipt })
  })

  test('[R2] never back, never past the head, and not for what was read', () => {
    for (const seq of [0, 3, 4]) {
      expect(changesOf(delivered(seq))).toEqual([])
      expect(movedOf(delivered(seq))).toBeUndefined()
    }
    expect(changesOf(delivered(5, { read: 5 }))).toEqual([])
    expect(changesOf(delivered(99))).toContainEqual(expect.objectContaining({ upTo: 7 }))
  })

  test('[R1] what was read was delivered', () => {
    const receipt = (read: number, delivered: number) => ({
      user: 'ann',
      joined: 2,
      delivered,
      read,
    })
    expect(movedOf(read(6))).toMatchObject({ receipt: receipt(6, 6) })
    expect(movedOf(read(4))).toMatchObject({ receipt: receipt(4, 4) })
    expect(movedOf(read(3))).toBeUndefined()
  })

  test('[V1] [V6] for members', () => {
    expect(codeOf(delivered(5, { actor: place('ann', null) }))).toBe('forbidden')
    expect(codeOf(delivered(5, { actor: null }))).toBe('forbidden')
    expect(codeOf(delivered(5, { conversation: null }))).toBe('not_found')
  })
})
