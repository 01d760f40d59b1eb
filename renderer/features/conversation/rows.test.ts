import { expect, test } from 'vitest'
import type { MessageView } from '../../../protocol/ipc/views.ts'
import { messageView } from '../../testing/views.ts'
import { buildRows, isEmojiOnly } from './rows.ts'

const MINUTE = 60_000
const NOON = new Date(2026, 2, 10, 12).getTime()
const EVE = { id: 'eve', name: 'Eve' }

const at = (minutes: number, change: Partial<MessageView> = {}, seq = minutes + 1): MessageView =>
  messageView(seq, { createdAt: NOON + minutes * MINUTE, ...change })
const rows = (messages: MessageView[], unreadAfter: number | null = null) =>
  buildRows(
    messages.map((message) => ({ message, receivedAt: 0 })),
    unreadAfter,
  )
const groups = (messages: MessageView[], unreadAfter: number | null = null): string =>
  rows(messages, unreadAfter)
    .map((row) => `${row.startsGroup ? '[' : ''}.${row.endsGroup ? ']' : ''}`)
    .join('')

test('what one person writes within minutes is one run', () => {
  expect(groups([at(0), at(1), at(2)])).toBe('[...]')
  expect(groups([at(0), at(1, { author: EVE }), at(2)])).toBe('[.][.][.]')
  expect(groups([at(0), at(4), at(9)])).toBe('[..][.]')
  expect(groups([])).toBe('')
})

test('a new day begins with its date, and a run of its own', () => {
  const late = messageView(1, { createdAt: new Date(2026, 2, 9, 23, 59).getTime() })
  const early = messageView(2, { createdAt: new Date(2026, 2, 10, 0, 1).getTime() })
  const [first, second] = rows([late, early])
  expect(first?.day).toBe(new Date(2026, 2, 9).getTime())
  expect(second).toMatchObject({ day: new Date(2026, 2, 10).getTime(), startsGroup: true })
})

test('the line stands above the first message of others that was not read, once', () => {
  const messages = [at(0), at(1, { own: true }), at(2), at(3)]
  expect(rows(messages, 1).map((row) => row.firstUnread)).toEqual([false, false, true, false])
  expect(groups(messages, 1)).toBe('[..][..]')
  expect(rows(messages, null).some((row) => row.firstUnread)).toBe(false)
  expect(rows(messages, 9).some((row) => row.firstUnread)).toBe(false)
})

test('a few emoji and nothing else are drawn large', () => {
  for (const body of ['🎉', '👍🏽', '❤️', '👩‍💻 🎉', '🇫🇷', '😂😂😂'])
    expect(isEmojiOnly(body)).toBe(true)
  for (const body of ['', 'a', '🎉 yes', '12', '😂😂😂😂😂', '#'])
    expect(isEmojiOnly(body)).toBe(false)
})

test('[O9] one that failed on another day stands at the end under no day of its own', () => {
  const yesterday = new Date(2026, 2, 9, 9).getTime()
  const failed = messageView(9, { seq: null, createdAt: yesterday, own: true, state: 'failed' })
  expect(rows([at(0), failed]).map((row) => row.day !== null)).toEqual([true, false])
  const tomorrow = messageView(9, { seq: null, createdAt: new Date(2026, 2, 11, 9).getTime() })
  expect(rows([at(0), failed, tomorrow]).map((row) => row.day !== null)).toEqual([
    true,
    false,
    true,
  ])
})
