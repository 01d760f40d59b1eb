import { describe, expect, test } from 'vitest'
import { MAX_MEMBERS } from '../../protocol/limits.ts'
import type { Decision } from './change.ts'
import type { ChangeOp, Command } from './command.ts'
import { decide } from './decide.ts'
import { directKey } from './decide-create.ts'
import type { FactsByOp } from './facts.ts'
import type { ConversationRow, MembershipRow } from './rows.ts'
import { changesOf, codeOf } from './test-support/decided.ts'
import { group } from './test-support/harbour.ts'

function place(user: string, role: MembershipRow['role'], seq = 2): MembershipRow {
  return { user, role, seq }
}

function person(id: string) {
  return { id, username: id, displayName: id.toUpperCase() }
}

function run<O extends ChangeOp>(op: O, request: object, facts: FactsByOp[O]): Decision<O> {
  const command = {
    op,
    request: { id: 1, op, key: '00000000-0000-4000-8000-000000000001', ...request },
    actor: 'ann',
    fingerprint: new Uint8Array([1]),
    freshId: 'fresh',
    lane: 1,
  }
  return decide(command as unknown as Command<O>, facts, { now: 1_000, editWindowMs: 1 })
}

function eventsOf(decision: Decision) {
  return changesOf(decision).flatMap((change) =>
    change.type === 'event.append'
      ? [[change.stream, change.event.seq, change.event.type] as const]
      : [],
  )
}

type Role = 'owner' | 'admin' | 'member'

/** Facts of a change of `bob`'s place by `ann`. */
function facts(
  actor: Role | null,
  target: Role | 'former' | 'never',
  more: Partial<FactsByOp['member.add']> = {},
): FactsByOp['member.add'] {
  return {
    prior: null,
    inOrder: true,
    conversation: group,
    actor: place('ann', actor),
    user: person('bob'),
    target: target === 'never' ? null : place('bob', target === 'former' ? null : target),
    userHead: 40,
    ...more,
  }
}

const bob = { conversation: 'harbour', user: 'bob' }
const ann = { conversation: 'harbour', user: 'ann' }

describe('member.add', () => {
  test('an event in the conversation and one in the own stream of who comes', () => {
    const decision = run('member.add', bob, facts('owner', 'never'))
    expect(eventsOf(decision)).toEqual([
      ['harbour', 8, 'member.added'],
      ['user:bob', 41, 'conversation.joined'],
    ])
    expect(changesOf(decision)).toContainEqual({
      type: 'membership.put',
      conversation: 'harbour',
      user: 'bob',
      role: 'member',
      seq: 8,
    })
  })

  test('one who left may come back', () => {
    expect(codeOf(run('member.add', bob, facts('admin', 'former')))).toBe('ok')
  })

  test('adding a member is a repeat', () => {
    const decision = run('member.add', bob, facts('owner', 'admin'))
    expect(decision).toMatchObject({ ok: true, duplicate: true, reply: { seq: 2 } })
    expect(eventsOf(decision)).toEqual([])
  })

  test.each<[string, FactsByOp['member.add'], string]>([
    ['by a member', facts('member', 'never'), 'forbidden'],
    ['by a former member', facts(null, 'never'), 'forbidden'],
    ['by a stranger', facts('owner', 'never', { actor: null }), 'forbidden'],
    ['of nobody', facts('owner', 'never', { user: null }), 'not_found'],
    ['to nothing', facts('owner', 'never', { conversation: null }), 'not_found'],
    [
      'to a direct one',
      facts('owner', 'never', { conversation: { ...group, kind: 'direct' } }),
      'forbidden',
    ],
    [
      'to a full one',
      facts('owner', 'never', { conversation: { ...group, members: MAX_MEMBERS } }),
      'invalid',
    ],
  ])('[V1] %s', (_, given, code) => {
    expect(codeOf(run('member.add', bob, given))).toBe(code)
  })
})

describe('member.remove', () => {
  test('an event in the conversation, and the last one in the own stream of who goes', () => {
    expect(eventsOf(run('member.remove', bob, facts('owner', 'member')))).toEqual([
      ['harbour', 8, 'member.removed'],
      ['user:bob', 41, 'conversation.left'],
    ])
  })

  test('removing one who was removed is a repeat', () => {
    expect(run('member.remove', bob, facts('owner', 'former'))).toMatchObject({
      ok: true,
      duplicate: true,
    })
  })

  test.each<[Role, Role | 'former' | 'never', string]>([
    ['owner', 'member', 'ok'],
    ['owner', 'admin', 'ok'],
    ['admin', 'member', 'ok'],
    ['admin', 'admin', 'forbidden'],
    ['admin', 'owner', 'forbidden'],
    ['member', 'member', 'forbidden'],
    ['member', 'never', 'forbidden'],
    ['owner', 'never', 'not_found'],
  ])('[V1] %s removes %s: %s', (actor, target, code) => {
    const two = { conversation: { ...group, owners: 2 } }
    expect(codeOf(run('member.remove', bob, facts(actor, target, two)))).toBe(code)
  })

  /** Facts of ann leaving, as `role`. */
  const leaving = (role: Role | null, conversation: ConversationRow) =>
    facts(role, 'never', { conversation, target: place('ann', role), user: person('ann') })

  test('whoever is no last owner may leave; the last one hands over first, unless alone', () => {
    const remove = (role: Role | null, conversation: ConversationRow) =>
      codeOf(run('member.remove', ann, leaving(role, conversation)))
    expect(remove('member', group)).toBe('ok')
    expect(remove('admin', group)).toBe('ok')
    expect(remove('owner', group)).toBe('forbidden')
    expect(remove('owner', { ...group, owners: 2 })).toBe('ok')
    expect(remove('owner', { ...group, members: 1 })).toBe('ok')
    expect(remove('member', { ...group, kind: 'direct' })).toBe('forbidden')
  })

  test('leaving again is a repeat, though one is not a member any more', () => {
    expect(run('member.remove', ann, leaving(null, group))).toMatchObject({
      ok: true,
      duplicate: true,
    })
  })
})

describe('member.role', () => {
  const give = (role: Role, given: FactsByOp['member.role']) =>
    run('member.role', { ...bob, role }, given)

  test('an event in the conversation', () => {
    const decision = give('admin', facts('owner', 'member'))
    expect(eventsOf(decision)).toEqual([['harbour', 8, 'member.role']])
  })

  test('an owner hands over by making another one owner', () => {
    expect(codeOf(give('owner', facts('owner', 'member')))).toBe('ok')
  })

  test.each<[string, Role, FactsByOp['member.role'], string]>([
    ['by an admin', 'admin', facts('admin', 'member'), 'forbidden'],
    ['by a member', 'owner', facts('member', 'member'), 'forbidden'],
    ['of one who left', 'admin', facts('owner', 'former'), 'not_found'],
    ['of a stranger', 'admin', facts('owner', 'never'), 'not_found'],
    ['of the last owner', 'member', facts('owner', 'owner'), 'forbidden'],
    [
      'of one of two owners',
      'member',
      facts('owner', 'owner', { conversation: { ...group, owners: 2 } }),
      'ok',
    ],
  ])('[V1] %s', (_, role, given, code) => {
    expect(codeOf(give(role, given))).toBe(code)
  })

  test('the same role again is a repeat', () => {
    expect(give('admin', facts('owner', 'admin'))).toMatchObject({ ok: true, duplicate: true })
  })
})

describe('conversation.create', () => {
  const known = (...ids: string[]): FactsByOp['conversation.create'] => ({
    prior: null,
    inOrder: true,
    users: ids.map(person),
    existing: null,
    heads: new Map(ids.map((id) => [`user:${id}`, 10])),
  })
  const create = (request: object, given: FactsByOp['conversation.create']) =>
    run('conversation.create', request, given)

  test('a group: its maker owns it, and everyone hears of it in the own stream', () => {
    const decision = create(
      { kind: 'group', title: 'Harbour', members: ['bob', 'cat', 'bob'] },
      known('ann', 'bob', 'cat'),
    )
    expect(eventsOf(decision)).toEqual([
      ['fresh', 1, 'conversation.created'],
      ['user:ann', 11, 'conversation.joined'],
      ['user:bob', 11, 'conversation.joined'],
      ['user:cat', 11, 'conversation.joined'],
    ])
    expect(decision).toMatchObject({
      reply: {
        conversation: {
          id: 'fresh',
          kind: 'group',
          title: 'Harbour',
          members: [
            { user: 'ann', role: 'owner', profile: { displayName: 'ANN' } },
            { user: 'bob', role: 'member' },
            { user: 'cat', role: 'member' },
          ],
        },
      },
    })
  })

  test('a direct one: two equals, no title, one for each pair', () => {
    const made = create({ kind: 'direct', title: 'x', members: ['bob'] }, known('ann', 'bob'))
    expect(made).toMatchObject({
      reply: { conversation: { title: null, members: [{ role: 'member' }, { role: 'member' }] } },
    })
    expect(changesOf(made)).toContainEqual(expect.objectContaining({ directKey: 'ann:bob' }))
    expect(directKey('bob', 'ann')).toBe('ann:bob')

    const existing = { row: { ...group, kind: 'direct' as const, title: null }, members: [] }
    const again = create({ kind: 'direct', members: ['bob'] }, { ...known('ann', 'bob'), existing })
    expect(again).toMatchObject({ duplicate: true, reply: { conversation: { id: 'harbour' } } })
    expect(eventsOf(again)).toEqual([])
  })

  test('with oneself alone: notes, as a group or a direct one', () => {
    expect(codeOf(create({ kind: 'group', members: [] }, known('ann')))).toBe('ok')
    const notes = create({ kind: 'direct', members: ['ann'] }, known('ann'))
    expect(changesOf(notes)).toContainEqual(expect.objectContaining({ directKey: 'ann:ann' }))
  })

  test('refuses a direct one of three, too many, strangers, and a title that is no text', () => {
    expect(codeOf(create({ kind: 'direct', members: ['bob', 'cat'] }, known('ann')))).toBe(
      'invalid',
    )
    const many = Array.from({ length: MAX_MEMBERS }, (_, i) => `u${i}`)
    expect(codeOf(create({ kind: 'group', members: many }, known('ann', ...many)))).toBe('invalid')
    expect(create({ kind: 'group', members: ['bob'] }, known('ann'))).toMatchObject({
      error: { code: 'not_found', details: { users: ['bob'] } },
    })
    const broken = { kind: 'group', title: '\ud800', members: [] }
    expect(codeOf(create(broken, known('ann')))).toBe('invalid')
  })
})
