import { expect, test } from 'vitest'
import type { Message } from '../../protocol/model/message.ts'
import type { PageBounds } from '../store/messages-table.ts'
import type { Lost } from '../sync/outbox-lost.ts'
import { restoredStream } from './restored-stream.ts'

function message(seq: number): Message {
  return {
    id: `m${seq}`,
    conversation: 'c',
    seq,
    author: 'me',
    key: `key ${seq}`,
    body: `${seq}`,
    version: 1,
    createdAt: '2026-11-30T10:00:00.000Z',
    reactions: {},
  }
}

function pageOf(messages: Message[]) {
  const lowest = messages.at(-1)?.seq ?? null
  return { messages, rows: messages.length, lowest, unreadable: [] }
}

test('[S6] five thousand lost messages come back in slices of fifty, the newest first', () => {
  const messages = Array.from({ length: 5_000 }, (_, n) => message(n + 1))
  const last = { ...message(5_000), replyTo: 'm4960' }
  messages.splice(-1, 1, last)
  const taken: Lost[] = []
  const store = {
    ownPage: (_c: string, _me: string, { before, limit }: PageBounds) =>
      pageOf(
        messages
          .slice(0, (before ?? 5_001) - 1)
          .slice(-limit)
          .reverse(),
      ),
    messagesPage: () => pageOf([]),
    messageById: (id: string) => messages[Number(id.slice(1)) - 1] ?? null,
    lostAbove: () => 0,
  }
  const ports = { store, self: 'me', lost: (lost: Lost) => taken.push(lost) }
  const take = restoredStream(ports, 'c', 0, null)
  let slices = 1
  while (take() === 'more') slices += 1
  expect(slices).toBeGreaterThanOrEqual(100)
  expect(Math.max(...taken.map((lost) => lost.messages.length))).toBe(50)
  expect(taken[0]?.messages[0]?.seq).toBe(5_000)
  expect(new Set(taken.flatMap((lost) => lost.messages.map(({ seq }) => seq))).size).toBe(5_000)
  expect(taken[0]?.keys).toEqual(new Map([['m4960', 'key 4960']]))
})
