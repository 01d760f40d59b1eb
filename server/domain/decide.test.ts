import { describe, expect, test } from 'vitest'
import { MAX_EDITS_A_MESSAGE } from '../../protocol/limits.ts'
import type { Circumstances, Decision } from './change.ts'
import type { ChangeOp, Command } from './command.ts'
import { decide } from './decide.ts'
import type { FactsByOp } from './facts.ts'
import { MAX_EMOJIS_A_MESSAGE } from './limits.ts'
import type { ConversationRow, MembershipRow, MessageRow } from './rows.ts'
import { changesOf, codeOf, eventsOf } from './test-support/decided.ts'
import { group } from './test-support/harbour.ts'

const MINUTE = 60_000
const circumstances: Circumstances = { now: 100 * MINUTE, editWindowMs: 15 * MINUTE }
const AT = new Date(circumstances.now).toISOString()
const KEY = '00000000-0000-4000-8000-000000000001'

const direct: ConversationRow = { ...group, kind: 'direct', title: null, members: 2, owners: 0 }

function place(user: string, role: MembershipRow['role'] = 'member', seq = 1): MembershipRow {
  return { user, role, seq }
}

const message: MessageRow = {
  id: 'm1',
  conversation: 'harbour',
  seq: 3,
  author: 'ann',
  key: KEY,
  body: 'hello',
  version: 2,
  createdAt: 90 * MINUTE,
  editedAt: null,
  deletedAt: null,
  deletedSeq: null,
  replyTo: null,
}
const fresh = { prior: null, inOrder: true }

/** Runs the decision of an op, by `ann` unless said otherwise. */
function run<O extends ChangeOp>(
  op: O,
  request: Omit<Command<O>['request'], 'id' | 'op' | 'key'>,
  facts: FactsByOp[O],
  actor = 'ann',
): Decision<O> {
  const command = {
    op,
    request: { id: 1, op, key: KEY, ...request },
    actor,
    fingerprint: new Uint8Array([1, 2, 3]),
    freshId: 'fresh',
    lane: 1,
  }
  return decide(command as unknown as Command<O>, facts, circumstances)
}

describe('keys', () => {
  const facts = { ...fresh, conversation: group, actor: place('ann'), repliedTo: null }
  const prior = { op: 'send', fingerprint: new Uint8Array([1, 2, 3]), reply: null } as const
  const created = JSON.stringify({
    seq: 4,
    type: 'message.created',
    at: AT,
    by: 'ann',
    message: { id: 'first', seq: 4, body: 'hello' },
  })

  test('[V4] a repeat is answered as the first time, and changes nothing', () => {
    const again = { ...facts, prior: { ...prior, created } }
    expect(run('send', { conversation: 'harbour', body: 'hello' }, again)).toEqual({
      ok: true,
      changes: [],
      duplicate: true,
      reply: { seq: 4, message: { id: 'first', seq: 4, body: 'hello' } },
    })
  })

  test('[V4] a repeat is answered to one who may do nothing any more', () => {
    const again = { ...facts, actor: place('ann', null), prior: { ...prior, created } }
    expect(codeOf(run('send', { conversation: 'harbour', body: 'hello' }, again))).toBe('ok')
  })

  test.each([
    ['other content', { ...prior, fingerprint: new Uint8Array([1, 2, 4]), created }],
    ['a part of the content', { ...prior, fingerprint: new Uint8Array([1, 2]), created }],
    ['another op', { ...prior, op: 'delete', reply: '{"seq":4}', created: null } as const],
  ])('[V4] the same key for %s is key_reused', (_, other) => {
    const facts2 = { ...facts, prior: other }
    expect(codeOf(run('send', { conversation: 'harbour', body: 'hello' }, facts2))).toBe(
      'key_reused',
    )
  })

  test('[V4] what is done is remembered with its answer; a refusal is not', () => {
    const done = run('send', { conversation: 'harbour', body: 'hello' }, facts)
    expect(changesOf(done)).toContainEqual(
      expect.objectContaining({ type: 'key.record', user: 'ann', key: KEY, op: 'send' }),
    )
    const refused = run('send', { conversation: 'harbour', body: '\0' }, facts)
    expect(refused).not.toHaveProperty('changes')
  })

  test('[O3] a change whose predecessor has not been applied is refused, and may come again', () => {
    const early = run('send', { conversation: 'harbour', body: 'x' }, { ...facts, inOrder: false })
    expect(early).toMatchObject({ ok: false, error: { code: 'out_of_order', retryable: true } })
  })
})

describe('send', () => {
  const facts = { ...fresh, conversation: group, actor: place('ann'), repliedTo: null }
  const send = (body: string, more: Partial<FactsByOp['send']> = {}) =>
    run('send', { conversation: 'harbour', body }, { ...facts, ...more })

  test('[V2] a message is the next event of its conversation', () => {
    const decision = send('hello')
    expect(eventsOf(decision)).toEqual([
      expect.objectContaining({
        stream: 'harbour',
        seq: 8,
        type: 'message.created',
        at: AT,
        by: 'ann',
        message: {
          id: 'fresh',
          conversation: 'harbour',
          seq: 8,
          author: 'ann',
          key: KEY,
          body: 'hello',
          version: 1,
          createdAt: AT,
          reactions: {},
        },
      }),
    ])
    expect(decision).toMatchObject({ ok: true, reply: { seq: 8, message: { id: 'fresh' } } })
  })

  test('[V1] only members write', () => {
    expect(codeOf(send('x', { conversation: null }))).toBe('not_found')
    expect(codeOf(send('x', { actor: null }))).toBe('forbidden')
    expect(codeOf(send('x', { actor: place('ann', null) }))).toBe('forbidden')
  })

  test('a body is at most 16 KiB of UTF-8, and text that can be kept', () => {
    expect(codeOf(send('é'.repeat(8 * 1024)))).toBe('ok')
    expect(codeOf(send('é'.repeat(8 * 1024 + 1)))).toBe('too_large')
    expect(codeOf(send('half a \ud83d'))).toBe('invalid')
    expect(codeOf(send('a \0'))).toBe('invalid')
    expect(codeOf(send('a whole \u{1f600}'))).toBe('ok')
  })

  test('a reply is to a message of the same conversation', () => {
    const reply = (repliedTo: string | null) =>
      run('send', { conversation: 'harbour', body: 'x', replyTo: 'm1' }, { ...facts, repliedTo })
    expect(reply(null)).toMatchObject({
      error: { code: 'not_found', details: { field: 'replyTo' } },
    })
    expect(reply('m1')).toMatchObject({ ok: true, reply: { message: { replyTo: 'm1' } } })
  })
})

describe('edit', () => {
  const facts = { ...fresh, conversation: group, actor: place('ann'), message, reactions: [] }
  const edit = (more: Partial<FactsByOp['edit']> = {}, actor = 'ann', baseVersion = 2) =>
    run('edit', { message: 'm1', body: 'better', baseVersion }, { ...facts, ...more }, actor)

  test('[V1] the author changes the version it has seen', () => {
    const decision = edit()
    expect(decision).toMatchObject({ ok: true, reply: { seq: 8, version: 3 } })
    expect(eventsOf(decision)).toEqual([
      expect.objectContaining({
        seq: 8,
        type: 'message.edited',
        message: { id: 'm1', body: 'better', version: 3, editedAt: AT },
      }),
    ])
  })

  test('[V1] conflict answers with the message as it is', () => {
    const reactions = [
      { emoji: '👍', user: 'bob' },
      { emoji: '👍', user: 'ann' },
    ]
    expect(edit({ reactions }, 'ann', 1)).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        details: { current: { version: 2, body: 'hello', reactions: { '👍': ['bob', 'ann'] } } },
      },
    })
  })

  test.each<[string, Partial<FactsByOp['edit']>, string, string]>([
    ['a message that is not there', { message: null }, 'ann', 'not_found'],
    ['a stranger', { actor: null }, 'eve', 'not_found'],
    ['a former member', { actor: place('ann', null) }, 'ann', 'forbidden'],
    ['another member', { actor: place('bob') }, 'bob', 'forbidden'],
    ['an owner who is not the author', { actor: place('bob', 'owner') }, 'bob', 'forbidden'],
    ['a deleted one', { message: { ...message, deletedAt: 1, body: null } }, 'ann', 'gone'],
    ['at the end of the window', { message: { ...message, createdAt: 85 * MINUTE } }, 'ann', 'ok'],
    [
      'after the window',
      { message: { ...message, createdAt: 85 * MINUTE - 1 } },
      'ann',
      'edit_window_expired',
    ],
  ])('[V1] %s', (_, more, actor, code) => {
    expect(codeOf(edit(more, actor))).toBe(code)
  })

  test('[V1] with a window of 0 nothing is edited, not even in the millisecond it was sent', () => {
    const command = {
      op: 'edit',
      actor: 'ann',
      request: { message: 'm1', body: 'x', baseVersion: 2 },
    }
    const sentNow = { ...facts, message: { ...message, createdAt: circumstances.now } }
    const decision = decide(command as unknown as Command<'edit'>, sentNow, {
      ...circumstances,
      editWindowMs: 0,
    })
    expect(codeOf(decision)).toBe('edit_window_expired')
  })

  test('[V7] a message is edited so often at most, and a refusal is for good', () => {
    const times = (edits: number) => ({ message: { ...message, version: edits + 1 } })
    const again = (edits: number) =>
      run(
        'edit',
        { message: 'm1', body: 'x', baseVersion: edits + 1 },
        { ...facts, ...times(edits) },
      )
    expect(codeOf(again(MAX_EDITS_A_MESSAGE - 1))).toBe('ok')
    expect(again(MAX_EDITS_A_MESSAGE)).toMatchObject({
      error: { code: 'invalid', retryable: false, details: { limit: MAX_EDITS_A_MESSAGE } },
    })
  })

  test('a body that is too large is refused', () => {
    const big = { message: 'm1', body: 'x'.repeat(16 * 1024 + 1), baseVersion: 2 }
    expect(codeOf(run('edit', big, facts))).toBe('too_large')
  })
})

describe('delete', () => {
  const bodies = [
    {
      seq: 3,
      json: `{"seq":3,"type":"message.created","at":"${AT}","by":"ann","message":{"id":"m1","body":"hello","version":1}}`,
    },
    {
      seq: 5,
      json: `{"seq":5,"type":"message.edited","at":"${AT}","by":"ann","message":{"id":"m1","body":"hi","version":2}}`,
    },
  ]
  const facts = { ...fresh, conversation: group, actor: place('ann'), message, bodies }
  const remove = (more: Partial<FactsByOp['delete']> = {}, actor = 'ann') =>
    run('delete', { message: 'm1' }, { ...facts, ...more }, actor)

  test('the body leaves every stored event, and the row', () => {
    const changes = changesOf(remove())
    const rewritten = changes.flatMap((change) =>
      change.type === 'event.rewrite' ? [[change.seq, JSON.parse(change.json)] as const] : [],
    )
    expect(rewritten.map(([seq]) => seq)).toEqual([3, 5])
    for (const [, event] of rewritten) {
      expect(event.message).not.toHaveProperty('body')
      expect(event.message.deletedAt).toBe(AT)
    }
    expect(rewritten[0]?.[1].message.version).toBe(1)
    expect(changes).toContainEqual(
      expect.objectContaining({ type: 'message.erase', id: 'm1', version: 3, deletedSeq: 8 }),
    )
    expect(eventsOf(remove())).toEqual([
      expect.objectContaining({
        type: 'message.deleted',
        seq: 8,
        message: { id: 'm1', version: 3, deletedAt: AT },
      }),
    ])
  })

  test('deleted again is a repeat of the first deletion', () => {
    const gone = { ...message, deletedAt: 1, deletedSeq: 6, body: null }
    const decision = remove({ message: gone })
    expect(decision).toMatchObject({ ok: true, duplicate: true, reply: { seq: 6 } })
    expect(eventsOf(decision)).toEqual([])
  })

  test.each<[string, Partial<FactsByOp['delete']>, string, string]>([
    ['the author, however old it is', { message: { ...message, createdAt: 0 } }, 'ann', 'ok'],
    ['an owner', { actor: place('bob', 'owner') }, 'bob', 'ok'],
    ['an admin', { actor: place('bob', 'admin') }, 'bob', 'ok'],
    ['another member', { actor: place('bob') }, 'bob', 'forbidden'],
    ['a former admin', { actor: place('bob', null) }, 'bob', 'forbidden'],
    ['a stranger', { actor: null }, 'eve', 'not_found'],
    ['nothing there', { message: null }, 'ann', 'not_found'],
    [
      'another member, of one deleted before',
      { actor: place('bob'), message: { ...message, deletedSeq: 6, deletedAt: 1 } },
      'bob',
      'forbidden',
    ],
  ])('[V1] %s', (_, more, actor, code) => {
    expect(codeOf(remove(more, actor))).toBe(code)
  })
})

describe('react', () => {
  const facts = {
    ...fresh,
    conversation: group,
    actor: place('ann'),
    message,
    present: false,
    emojis: 0,
    emojiKnown: false,
  }
  const react = (on: boolean, more: Partial<FactsByOp['react']> = {}, emoji = '👍') =>
    run('react', { message: 'm1', emoji, on }, { ...facts, ...more })

  test('adds and takes back', () => {
    expect(eventsOf(react(true))).toEqual([
      expect.objectContaining({ seq: 8, type: 'reaction.added', message: 'm1', emoji: '👍' }),
    ])
    expect(eventsOf(react(false, { present: true }))).toEqual([
      expect.objectContaining({ seq: 8, type: 'reaction.removed' }),
    ])
  })

  test('when it is so already, nothing happens', () => {
    for (const decision of [react(false), react(true, { present: true })]) {
      expect(decision).toMatchObject({ ok: true, duplicate: true, reply: { seq: 7 } })
      expect(eventsOf(decision)).toEqual([])
    }
  })

  test('[V7] a message has so many different reactions at most', () => {
    const full = { emojis: MAX_EMOJIS_A_MESSAGE }
    expect(codeOf(react(true, full))).toBe('invalid')
    expect(codeOf(react(true, { ...full, emojiKnown: true }))).toBe('ok')
  })

  test.each(['go away', '__proto__', 'constructor', '1', '👍👍', 'a\0', ''])(
    '[V14] %j is no reaction; one that is there is taken back all the same',
    (text) => {
      expect(codeOf(react(true, {}, text))).toBe('invalid')
      expect(codeOf(react(true, { present: true, emojiKnown: true }, text))).toBe('invalid')
      if (text.includes('\0')) return
      expect(eventsOf(react(false, { present: true }, text))).toEqual([
        expect.objectContaining({ type: 'reaction.removed', emoji: text }),
      ])
    },
  )

  test('[V1] not to a deleted message, not by strangers', () => {
    expect(codeOf(react(true, { message: { ...message, deletedAt: 1 } }))).toBe('gone')
    expect(codeOf(react(true, { actor: null }))).toBe('not_found')
    expect(codeOf(react(true, { actor: place('ann', null) }))).toBe('forbidden')
    expect(codeOf(react(true, {}, '\ud83d'))).toBe('invalid')
  })
})

describe('conversation.update', () => {
  const facts = { ...fresh, conversation: group, actor: place('ann', 'admin'), members: [] }
  const rename = (title: string, more: Partial<FactsByOp['conversation.update']> = {}) =>
    run('conversation.update', { conversation: 'harbour', title }, { ...facts, ...more })

  test('an owner or admin renames a group', () => {
    expect(eventsOf(rename('Pier'))).toEqual([
      expect.objectContaining({
        type: 'conversation.updated',
        conversation: expect.objectContaining({ title: 'Pier' }),
      }),
    ])
    expect(codeOf(rename('Pier', { actor: place('ann') }))).toBe('forbidden')
    expect(codeOf(rename('Pier', { conversation: direct }))).toBe('forbidden')
    expect(codeOf(rename('Pi\0er'))).toBe('invalid')
    expect(eventsOf(rename('Harbour'))).toEqual([])
  })
})
