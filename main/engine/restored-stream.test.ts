import { expect, test } from 'vitest'
import type { Message } from '../../protocol/model/message.ts'
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

test('[S6] five thousand lost messages come back in slices of fifty, the newest first', () => {
  const messages = Array.from({ length: 5_000 }, (_, n) => message(n + 1))
  const taken: Lost[] = []
  const store = {
    ownMessagesAfter: () => messages,
    ownEditsSince: () => [],
    messagesPage: () => ({ messages: [], rows: 0, lowest: null, unreadable: [] }),
  }
  const ports = { store, self: 'me', lost: (lost: Lost) => taken.push(lost) }
  const take = restoredStream(ports, 'c', 0, null)
  let slices = 1
  while (take() === 'more') slices += 1
  expect(slices).toBe(100)
  expect(Math.max(...taken.map((lost) => lost.messages.length))).toBe(50)
  expect(taken[0]?.messages.at(-1)?.seq).toBe(5_000)
  expect(new Set(taken.flatMap((lost) => lost.messages.map(({ seq }) => seq))).size).toBe(5_000)
  expect(taken[0]?.keys.size).toBe(5_000)
})
