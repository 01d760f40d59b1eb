import { describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model/message.ts'
import { HistoryReply } from '../../protocol/wire/requests/history.ts'
import type { MovedReceipt } from '../domain/change.ts'
import type { AnyCommand } from '../domain/command.ts'
import { refuse } from '../domain/refusal.ts'
import type { Outcome, Store } from '../store/store.ts'
import type { Signal } from '../stream/stream-bus.ts'
import {
  type Answer,
  type AnyRequest,
  createRequestHandler,
  encodeAnswer,
} from './request-handler.ts'

const KEY = '00000000-0000-4000-8000-000000000001'
const OTHER_KEY = '00000000-0000-4000-8000-000000000002'

function setUp(store: Partial<Store>) {
  const signals: Signal[] = []
  const moved: MovedReceipt[] = []
  const handle = createRequestHandler({
    store: store as Store,
    freshId: () => 'fresh',
    signal: (signal) => signals.push(signal),
    receipts: {
      deliver: async (_, upTo) =>
        upTo.map(([conversation]) =>
          conversation === 'mine'
            ? { ok: true, reply: {}, duplicate: false }
            : refuse('forbidden', 'No.'),
        ),
      moved: (receipt) => moved.push(receipt),
    },
  })
  let hearing = 0
  const asker = {
    user: 'ann',
    lane: 7,
    isSubscribed: (conversation: string) => conversation === 'mine',
    mayType: () => true,
    hearReceipts: () => {
      hearing += 1
    },
  }
  return {
    signals,
    moved,
    hearing: () => hearing,
    ask: (request: AnyRequest) => handle(request, asker),
  }
}

function decode(answer: Answer): unknown {
  return JSON.parse(encodeAnswer(1, answer))
}

describe('a change', () => {
  const outcome: Outcome = { ok: true, reply: { seq: 4, version: 2 }, duplicate: false }

  test('becomes a command of the asker, in the lane of its connection', async () => {
    const commands: AnyCommand[] = []
    const { ask } = setUp({
      execute: async (command) => {
        commands.push(command)
        return commands.length === 1 ? outcome : { ...outcome, duplicate: true }
      },
    })
    const request = { id: 1, op: 'delete', key: KEY, message: 'm' } as const
    expect(decode(await ask(request))).toEqual({ re: 1, ok: true, seq: 4, version: 2 })
    expect(decode(await ask(request))).toMatchObject({ ok: true, duplicate: true })
    expect(commands[0]).toMatchObject({ op: 'delete', actor: 'ann', lane: 7, freshId: 'fresh' })
  })

  test('[V4] is told from others by its content alone', async () => {
    const prints: string[] = []
    const { ask } = setUp({
      execute: async ({ fingerprint }) => {
        prints.push(Buffer.from(fingerprint).toString('hex'))
        return outcome
      },
    })
    const request = { op: 'send', conversation: 'c', body: 'x' } as const
    await ask({ ...request, id: 1, key: KEY })
    await ask({ ...request, id: 2, key: OTHER_KEY, after: KEY })
    await ask({ ...request, id: 3, key: KEY, body: 'y' })
    await ask({ ...request, id: 4, key: KEY, replyTo: 'm' })
    await ask({ id: 5, op: 'delete', key: KEY, message: 'c' })
    expect(prints[1]).toBe(prints[0])
    expect(new Set(prints).size).toBe(4)
    // Kept for ever in databases: a change of it would turn old repeats into key_reused.
    expect(prints[0]).toBe('77c539f526980b75779b87f7f8826198c99f6420c7f5788be3f6d062a94ace9b')
  })

  test('a refusal is an error', async () => {
    const { ask } = setUp({ execute: async () => refuse('gone', 'It is deleted.') })
    expect(decode(await ask({ id: 1, op: 'delete', key: KEY, message: 'm' }))).toEqual({
      re: 1,
      ok: false,
      error: { code: 'gone', message: 'It is deleted.', retryable: false },
    })
  })
})

describe('pages', () => {
  test('events go out as they are stored', async () => {
    const { ask } = setUp({
      eventsFor: async () => ({
        ok: true,
        value: {
          entries: [
            { seq: 1, json: '{"seq":1}' },
            { seq: 2, json: '{"seq":2}' },
          ],
          head: 9,
        },
      }),
    })
    const request = { id: 1, op: 'events', stream: 'c', after: 0, limit: 5 } as const
    expect(decode(await ask(request))).toEqual({
      re: 1,
      ok: true,
      events: [{ seq: 1 }, { seq: 2 }],
      head: 9,
    })
  })

  test('[V7] history ends where a frame does, and never before its first message', async () => {
    const users = Array.from({ length: 500 }, (_, i) => `${'u'.repeat(20)}${i}`)
    const message = (seq: number): Message => ({
      id: `m${seq}`,
      conversation: 'c',
      seq,
      author: 'ann',
      body: 'x',
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      reactions: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`e${i}`, users])),
    })
    const { ask } = setUp({
      history: async () => ({ ok: true, value: [3, 2, 1].map(message) }),
    })
    const text = encodeAnswer(1, await ask({ id: 1, op: 'history', conversation: 'c', limit: 3 }))
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_FRAME_BYTES)
    expect(HistoryReply.parse(JSON.parse(text)).messages.map(({ seq }) => seq)).toEqual([3])
  })
})

describe('typing', () => {
  test('is told by one who is subscribed, or at least a member', async () => {
    const asked: string[] = []
    const { ask, signals } = setUp({
      conversation: async (_, id) => {
        asked.push(id)
        return refuse('forbidden', 'No.')
      },
    })
    await ask({ id: 1, op: 'typing', conversation: 'mine' })
    const refused = await ask({ id: 2, op: 'typing', conversation: 'theirs' })
    expect(refused.ok).toBe(false)
    expect(asked).toEqual(['theirs'])
    expect(signals).toEqual([{ type: 'typing', conversation: 'mine', user: 'ann' }])
  })
})

describe('receipts', () => {
  const receipt = { user: 'bob', joined: 1, delivered: 3, read: 2 }

  test('[R4] who asks for them hears of them from then on, first of all', async () => {
    const heard: number[] = []
    const { ask, hearing } = setUp({
      receipts: async (_reader, conversations) => {
        heard.push(hearing())
        return conversations.map((conversation) => ({ conversation, receipts: [receipt] }))
      },
    })
    const told = decode(await ask({ id: 1, op: 'receipts', conversations: ['mine'] }))
    const conversations = [{ conversation: 'mine', receipts: [receipt] }]
    expect(told).toEqual({ re: 1, ok: true, conversations })
    expect(heard).toEqual([1])
  })

  test('[V6] a delivery is refused when the user may be in none of the conversations', async () => {
    const { ask } = setUp({})
    const deliver = async (upTo: Record<string, number>) =>
      decode(await ask({ id: 1, op: 'delivered', upTo }))
    expect(await deliver({ mine: 1 })).toEqual({ re: 1, ok: true })
    expect(await deliver({ theirs: 1, mine: 1 })).toEqual({ re: 1, ok: true })
    expect(await deliver({ theirs: 1 })).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  })

  test('[R1] a read mark that moved is told to the others', async () => {
    const told = { conversation: 'mine', receipt }
    const { ask, moved } = setUp({
      execute: async () => ({ ok: true, reply: {}, duplicate: false, moved: told }),
    })
    const request = { id: 1, op: 'read', conversation: 'mine', seq: 2 } as const
    expect(decode(await ask(request))).toEqual({ re: 1, ok: true })
    expect(moved).toEqual([told])
  })
})
