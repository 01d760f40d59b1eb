import { describe, expect, test } from 'vitest'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import { applyEvent, eventTarget, fetchedConversation, isPlaceholder } from './apply-event.ts'
import type { ConversationRecord } from './storage.ts'
import { messageOf } from './test-support/outbox-driver.ts'

const AT = '2026-01-01T00:00:00.000Z'
const common = { seq: 5, at: AT, by: 'bob' }
const message = messageOf({ id: 'm1' })
const conversation = {
  id: 'c',
  kind: 'group' as const,
  title: 'Harbour',
  members: [{ user: 'me', role: 'member' as const }],
}
const record: ConversationRecord = { conversation, member: true, readUpTo: 3 }
interface Rows {
  message: Message | null
  conversation: ConversationRecord | null
}

const nothing: Rows = { message: null, conversation: null }

/** Applies an event to rows and again to what came of it. */
function twice(event: StreamEvent, rows: Rows) {
  const changes = applyEvent(event, rows, 'me')
  const after = { ...rows }
  for (const change of changes) {
    if (change.type === 'put-message') after.message = change.message
    if (change.type === 'put-conversation') after.conversation = change.record
  }
  return { changes, again: applyEvent(event, after, 'me'), after }
}

describe('events of messages', () => {
  test('[S4] created, edited, reacted to and deleted, each once however often', () => {
    const created: StreamEvent = { ...common, type: 'message.created', message }
    const edited: StreamEvent = {
      ...common,
      type: 'message.edited',
      message: { id: 'm1', body: 'edited', version: 2, editedAt: AT },
    }
    const reacted: StreamEvent = { ...common, type: 'reaction.added', message: 'm1', emoji: '👍' }
    const deleted: StreamEvent = {
      ...common,
      type: 'message.deleted',
      message: { id: 'm1', version: 3, deletedAt: AT },
    }
    const steps = [
      [created, null, { body: 'hello' }],
      [edited, message, { body: 'edited', version: 2 }],
      [reacted, message, { reactions: { '👍': ['bob'] } }],
      [deleted, message, { deletedAt: AT }],
    ] as const
    for (const [event, stored, expected] of steps) {
      const { changes, again } = twice(event, { message: stored, conversation: null })
      expect(changes).toMatchObject([{ type: 'put-message', message: expected }])
      expect(again).toEqual([])
      expect(eventTarget('c', event)).toEqual({ message: 'm1', conversation: null })
    }
  })

  test('[S4] a change of a message that is not here is kept for the page that may bring it', () => {
    const event: StreamEvent = { ...common, type: 'reaction.removed', message: 'm1', emoji: '👍' }
    expect(applyEvent(event, nothing, 'me')).toEqual([{ type: 'orphan', event }])
  })
})

describe('events of membership', () => {
  const added: StreamEvent = { ...common, type: 'member.added', user: 'eve', role: 'admin' }

  test('[S4] one who is added is a member, and is asked about by name', () => {
    const { changes, after } = twice(added, { message: null, conversation: record })
    expect(after.conversation?.conversation.members).toContainEqual({ user: 'eve', role: 'admin' })
    expect(changes).toContainEqual({ type: 'fetch-conversation', conversation: 'c' })
  })

  test('[S4] roles change, members go', () => {
    const roled: StreamEvent = { ...common, type: 'member.role', user: 'me', role: 'owner' }
    expect(twice(roled, { message: null, conversation: record }).after).toMatchObject({
      conversation: { conversation: { members: [{ user: 'me', role: 'owner' }] } },
    })
    const removed: StreamEvent = { ...common, type: 'member.removed', user: 'eve' }
    expect(twice(removed, { message: null, conversation: record }).after).toMatchObject({
      conversation: { member: true, conversation: { members: [{ user: 'me' }] } },
    })
  })

  test('[S4] being removed, or leaving, makes it read only; its messages stay', () => {
    const removed: StreamEvent = { ...common, type: 'member.removed', user: 'me' }
    const left: StreamEvent = { ...common, type: 'conversation.left', conversation: 'c' }
    for (const event of [removed, left]) {
      const { after } = twice(event, { message: null, conversation: record })
      expect(after.conversation).toMatchObject({ member: false, readUpTo: 3 })
    }
    expect(eventTarget('user:me', left)).toEqual({ message: null, conversation: 'c' })
    expect(eventTarget('c', removed)).toEqual({ message: null, conversation: 'c' })
  })

  test('[S4] joining asks for the conversation, and keeps what was read of it', () => {
    const joined: StreamEvent = { ...common, type: 'conversation.joined', conversation: 'c' }
    expect(applyEvent(joined, nothing, 'me')).toEqual([
      { type: 'fetch-conversation', conversation: 'c' },
    ])
    expect(fetchedConversation({ ...record, member: false }, conversation, 'me')).toEqual(record)
    expect(fetchedConversation(null, conversation, 'eve')).toMatchObject({ member: false })
  })

  test('[S4] a new title', () => {
    const updated: StreamEvent = {
      ...common,
      type: 'conversation.updated',
      conversation: { ...conversation, title: 'Port' },
    }
    expect(twice(updated, { message: null, conversation: record }).after).toMatchObject({
      conversation: { readUpTo: 3, conversation: { title: 'Port' } },
    })
  })
})

describe('own read markers', () => {
  const read = (upTo: number): StreamEvent => ({
    ...common,
    type: 'read',
    conversation: 'c',
    upTo,
  })

  test('[S4] only move forward', () => {
    const rows = { message: null, conversation: record }
    expect(applyEvent(read(2), rows, 'me')).toEqual([])
    expect(twice(read(9), rows).after.conversation).toMatchObject({ readUpTo: 9 })
  })

  test('[S4] one of a conversation that is not known yet waits for it', () => {
    const { after, changes } = twice(read(9), nothing)
    expect(changes).toContainEqual({ type: 'fetch-conversation', conversation: 'c' })
    const placeholder = after.conversation
    if (placeholder === null) throw new Error('no placeholder')
    expect(isPlaceholder(placeholder)).toBe(true)
    const fetched = fetchedConversation(placeholder, conversation, 'me')
    expect(fetched).toEqual({ conversation, member: true, readUpTo: 9 })
    expect(isPlaceholder(fetched)).toBe(false)
  })
})

describe('a conversation that everybody has left', () => {
  const removed = (user: string): StreamEvent => ({ ...common, type: 'member.removed', user })

  test('[O9] is still one for whoever was in it last, and no placeholder', () => {
    const alone = {
      conversation: { ...conversation, members: [{ user: 'me', role: 'owner' as const }] },
      member: true,
      readUpTo: 3,
    }
    const { after } = twice(removed('me'), { message: null, conversation: alone })
    expect(after.conversation).toMatchObject({ member: false, readUpTo: 3 })
    expect(after.conversation !== null && isPlaceholder(after.conversation)).toBe(false)
    const told: StreamEvent = {
      ...common,
      type: 'conversation.updated',
      conversation: { ...conversation, members: [] },
    }
    const { after: later } = twice(told, { message: null, conversation: after.conversation })
    expect(later.conversation !== null && isPlaceholder(later.conversation)).toBe(false)
  })

  test('[O9] leaving what was never told leaves nothing to show', () => {
    const { after } = twice(
      { ...common, type: 'read', conversation: 'c', upTo: 2 },
      { message: null, conversation: null },
    )
    const left: StreamEvent = { ...common, type: 'conversation.left', conversation: 'c' }
    expect(applyEvent(left, { message: null, conversation: after.conversation }, 'me')).toEqual([])
  })
})
