import type { StreamEventOf } from '../../protocol/model/event.ts'
import type { Message, Reactions } from '../../protocol/model/message.ts'
import type { Cursor } from '../../protocol/model/primitives.ts'
import { mergeNewer } from '../../protocol/model/received.ts'
import { own } from '../../protocol/own.ts'
import type { Operation } from './operation.ts'
import type { ConfirmedResult } from './outbox-protocol.ts'

/** What is known beside the answer to an operation. */
export interface ConfirmContext {
  /** The user. */
  readonly self: string
  /** The present instant (ISO 8601), which the event of the operation then corrects. */
  readonly at: string
  /** seq up to which the events of the conversation are stored. */
  readonly applied: Cursor
}

/** How a stored message changes. All are idempotent: the same fact twice, or one that is older, changes nothing. */

/**
 * A whole message (an answer, a `message.created`, a page of history) onto the stored one. The higher version wins, a
 * tombstone wins over everything; reactions of a stored message are kept by its events, which a snapshot may be behind.
 */
export function mergeMessage(stored: Message | null, told: Message): Message {
  if (stored === null) return tidy(told)
  if (stored.deletedAt !== undefined) return stored
  if (told.deletedAt !== undefined || told.version > stored.version) {
    const newer = mergeNewer(stored.newer, told.newer)
    return tidy({ ...told, ...newer, ...keyOf(told, stored), reactions: stored.reactions })
  }
  return stored.key === undefined && told.key !== undefined ? { ...stored, key: told.key } : stored
}

/** An edit onto the stored message. The same version again brings the server's time of it. */
export function mergeEdit(
  stored: Message,
  edit: StreamEventOf<'message.edited'>['message'],
): Message {
  if (stored.deletedAt !== undefined || edit.version < stored.version) return stored
  if (edit.deletedAt !== undefined) return bury(stored, edit.version, edit.deletedAt)
  const { body, version, editedAt } = edit
  const isKnown = version === stored.version && editedAt === stored.editedAt
  if (body === undefined || isKnown) return stored
  return { ...stored, body, version, editedAt, ...mergeNewer(stored.newer, edit.newer) }
}

/** A deletion onto the stored message: a tombstone without body or reactions. */
export function bury(stored: Message, version: number, deletedAt: string): Message {
  const isKnown = stored.deletedAt !== undefined && stored.body === undefined
  if (isKnown && version <= stored.version) return stored
  const { body: _gone, newer: _too, ...rest } = stored
  return { ...rest, version: Math.max(version, stored.version), deletedAt, reactions: {} }
}

/** A reaction of `user` onto the stored message. */
export function mergeReaction(stored: Message, emoji: string, user: string, on: boolean): Message {
  if (stored.deletedAt !== undefined) return stored
  const reactions = withReaction(stored.reactions, emoji, user, on)
  return reactions === stored.reactions ? stored : { ...stored, reactions }
}

/** Reactions with one added or removed; the same object when nothing changes. Nobody's emoji is left behind. */
export function withReaction(
  reactions: Reactions,
  emoji: string,
  user: string,
  on: boolean,
): Reactions {
  const users = own(reactions, emoji) ?? []
  if (users.includes(user) === on) return reactions
  if (on) return { ...reactions, [emoji]: [...users, user] }
  const left = users.filter((other) => other !== user)
  const { [emoji]: _all, ...others } = reactions
  return left.length === 0 ? others : { ...reactions, [emoji]: left }
}

/**
 * What a confirmed operation makes of its message, before its event comes back: `stored` is the row of that message,
 * null when it is not here. null: nothing to write.
 */
export function confirmedMessage(
  operation: Operation,
  result: ConfirmedResult,
  stored: Message | null,
  { self, at, applied }: ConfirmContext,
): Message | null {
  if (result.kind === 'send') return mergeMessage(stored, result.message)
  if (stored === null) return null
  switch (operation.kind) {
    case 'edit': {
      if (result.kind !== 'edit') return null
      const { version } = result
      // Its event was here first, with the server's time.
      if (version <= stored.version) return stored
      return mergeEdit(stored, { id: stored.id, body: operation.body, version, editedAt: at })
    }
    case 'delete':
      return bury(stored, stored.version, at)
    case 'react':
      // Its event was here first, and what another device did since must not be undone by a late answer.
      return result.kind !== 'react' || result.seq <= applied
        ? stored
        : mergeReaction(stored, operation.emoji, self, operation.on)
    case 'send':
    case 'read':
      return null
  }
}

function keyOf(told: Message, stored: Message): { key?: string } {
  const key = told.key ?? stored.key
  return key === undefined ? {} : { key }
}

/** A tombstone has neither body nor reactions, whatever was told. */
function tidy(message: Message): Message {
  return message.deletedAt === undefined
    ? message
    : bury(message, message.version, message.deletedAt)
}
