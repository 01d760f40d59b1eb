import type { Conversation, Member, Role } from '../../protocol/model/conversation.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import { type Id, isUserStream, type StreamId } from '../../protocol/model/primitives.ts'
import { bury, mergeEdit, mergeMessage, mergeReaction } from './merge-message.ts'
import type { ConversationRecord } from './storage.ts'

/** The rows that an event is about, read before it is applied. */
export interface EventTarget {
  readonly message: Id | null
  readonly conversation: Id | null
}

/** What an event changes. */
export type RowChange =
  | { readonly type: 'put-message'; readonly message: Message }
  | { readonly type: 'put-conversation'; readonly record: ConversationRecord }
  /** The conversation must be asked for (`conversation.get`): it is new here, or somebody in it is. */
  | { readonly type: 'fetch-conversation'; readonly conversation: Id }
  /**
   * A change of a message that is not stored: older than what was streamed here. Nothing to do, unless a page of
   * history is on its way, which may have been read before this: then it is applied again after the page.
   */
  | { readonly type: 'orphan'; readonly event: StreamEvent }

/** Whether an event is about what its stream is about: else it could change what its sender has no part in. */
export function belongs(stream: StreamId, event: StreamEvent): boolean {
  switch (event.type) {
    case 'message.created':
      return event.message.conversation === stream && event.message.seq === event.seq
    case 'conversation.created':
    case 'conversation.updated':
      return event.conversation.id === stream
    case 'conversation.joined':
    case 'conversation.left':
    case 'read':
      return isUserStream(stream)
    case 'message.edited':
    case 'message.deleted':
    case 'reaction.added':
    case 'reaction.removed':
    case 'member.added':
    case 'member.removed':
    case 'member.role':
      return !isUserStream(stream)
  }
}

/** Which rows to read for `applyEvent`. */
export function eventTarget(stream: StreamId, event: StreamEvent): EventTarget {
  switch (event.type) {
    case 'message.created':
    case 'message.edited':
    case 'message.deleted':
      return { message: event.message.id, conversation: null }
    case 'reaction.added':
    case 'reaction.removed':
      return { message: event.message, conversation: null }
    case 'conversation.created':
    case 'conversation.updated':
      return { message: null, conversation: event.conversation.id }
    case 'member.added':
    case 'member.removed':
    case 'member.role':
      return { message: null, conversation: stream }
    case 'conversation.joined':
    case 'conversation.left':
    case 'read':
      return { message: null, conversation: event.conversation }
  }
}

/**
 * What an event makes of the rows it is about [S4]. Pure and idempotent: an event again, or after a newer state was
 * fetched, changes nothing. `self` is the user whose rows these are.
 */
export function applyEvent(
  event: StreamEvent,
  rows: { readonly message: Message | null; readonly conversation: ConversationRecord | null },
  self: Id,
): RowChange[] {
  switch (event.type) {
    case 'message.created':
      return putMessage(rows.message, mergeMessage(rows.message, event.message))
    case 'message.edited':
      return changeMessage(event, rows.message, (stored) => mergeEdit(stored, event.message))
    case 'message.deleted':
      return changeMessage(event, rows.message, (stored) =>
        bury(stored, event.message.version, event.message.deletedAt),
      )
    case 'reaction.added':
    case 'reaction.removed': {
      const on = event.type === 'reaction.added'
      return changeMessage(event, rows.message, (stored) =>
        mergeReaction(stored, event.emoji, event.by, on),
      )
    }
    case 'conversation.created':
    case 'conversation.updated':
      return putConversation(rows.conversation, {
        conversation: withSomebody(event.conversation, rows.conversation, self),
      })
    case 'member.added':
    case 'member.removed':
    case 'member.role':
      return changeMembers(event, rows.conversation, self)
    case 'conversation.joined':
      return [{ type: 'fetch-conversation', conversation: event.conversation }]
    case 'conversation.left':
      if (rows.conversation === null || isPlaceholder(rows.conversation)) return []
      return putConversation(rows.conversation, { member: false })
    case 'read':
      return readUpTo(event.conversation, event.upTo, rows.conversation)
  }
}

function putMessage(stored: Message | null, next: Message): RowChange[] {
  return next === stored ? [] : [{ type: 'put-message', message: next }]
}

function changeMessage(
  event: StreamEvent,
  stored: Message | null,
  change: (stored: Message) => Message,
): RowChange[] {
  if (stored === null) return [{ type: 'orphan', event }]
  return putMessage(stored, change(stored))
}

function putConversation(
  stored: ConversationRecord | null,
  change: { conversation?: Conversation; member?: boolean; readUpTo?: number },
): RowChange[] {
  const conversation = change.conversation ?? stored?.conversation
  if (conversation === undefined) return []
  const record = { member: true, readUpTo: 0, ...stored, ...change, conversation }
  return [{ type: 'put-conversation', record }]
}

/** A read marker only moves forward; one of a conversation that is not known yet waits for it in a placeholder. */
function readUpTo(id: Id, upTo: number, stored: ConversationRecord | null): RowChange[] {
  if (stored === null) {
    const conversation: Conversation = { id, kind: 'group', title: null, members: [] }
    return [
      ...putConversation(null, { conversation, readUpTo: upTo }),
      { type: 'fetch-conversation', conversation: id },
    ]
  }
  return upTo > stored.readUpTo ? putConversation(stored, { readUpTo: upTo }) : []
}

/** Whether a record only keeps a read marker for a conversation that has not been fetched yet: not to be shown. */
export function isPlaceholder(record: ConversationRecord): boolean {
  return record.conversation.members.length === 0
}

/** The record of a conversation that was asked for. */
export function fetchedConversation(
  stored: ConversationRecord | null,
  conversation: Conversation,
  self: Id,
): ConversationRecord {
  const member = conversation.members.some((m) => m.user === self)
  const known = withSomebody(conversation, stored, self)
  return { conversation: known, member, readUpTo: stored?.readUpTo ?? 0 }
}

/**
 * A conversation that everybody has left is still one: whoever was in it last stands in for its members, since a record
 * with none at all is a placeholder, and hides its messages with it.
 */
function withSomebody(
  conversation: Conversation,
  stored: ConversationRecord | null,
  self: Id,
): Conversation {
  if (conversation.members.length > 0) return conversation
  const before = stored?.conversation.members ?? []
  const alone = before.filter(({ user }) => user === self)
  return { ...conversation, members: alone.length > 0 ? alone : [{ user: self, role: 'member' }] }
}

function changeMembers(
  event: Extract<StreamEvent, { type: `member.${string}` }>,
  stored: ConversationRecord | null,
  self: Id,
): RowChange[] {
  if (stored === null) return []
  const { conversation } = stored
  const members = membersAfter(event.type, event.user, event.role, conversation.members)
  const next = withSomebody({ ...conversation, members }, stored, self)
  const member = event.user === self ? event.type !== 'member.removed' : stored.member
  const changes = putConversation(stored, { conversation: next, member })
  const isNew = event.type === 'member.added' && event.user !== self
  const isNamed = conversation.members.some((m) => m.user === event.user && m.profile !== undefined)
  return isNew && !isNamed
    ? [...changes, { type: 'fetch-conversation', conversation: conversation.id }]
    : changes
}

function membersAfter(
  type: `member.${string}`,
  user: Id,
  role: Role | undefined,
  members: readonly Member[],
): Member[] {
  if (type === 'member.removed') return members.filter((member) => member.user !== user)
  const known = members.find((member) => member.user === user)
  if (known === undefined) return [...members, { user, role: role ?? 'member' }]
  return members.map((m) => (m === known ? { ...known, role: role ?? known.role } : m))
}
