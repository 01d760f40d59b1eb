import type { Conversation, ConversationKind, Role } from '../../protocol/model/conversation.ts'
import type { Message, Reactions } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { User } from '../../protocol/model/user.ts'

/** What the stores keep, as the decisions see it. Times are ms since the epoch, by the server's clock. */

/** A conversation and the head of its stream. `owners` and `members` count those who are members now. */
export interface ConversationRow {
  readonly id: Id
  readonly kind: ConversationKind
  readonly title: string | null
  readonly head: number
  readonly members: number
  readonly owners: number
}

/**
 * Someone's place in a conversation. `role` is null for one who was a member and is not any more: such a one knows
 * that the conversation exists. `seq` is that of the event that last changed it.
 */
export interface MembershipRow {
  readonly user: Id
  readonly role: Role | null
  readonly seq: number
}

/** A message as it is stored. A deleted one has no body, and knows the seq of its `message.deleted`. */
export interface MessageRow {
  readonly id: Id
  readonly conversation: Id
  readonly seq: number
  readonly author: Id
  readonly key: string
  readonly body: string | null
  readonly version: number
  readonly createdAt: number
  readonly editedAt: number | null
  readonly deletedAt: number | null
  readonly deletedSeq: number | null
  readonly replyTo: Id | null
}

/** One user's reaction, placed by the seq of its event. */
export interface ReactionRow {
  readonly emoji: string
  readonly user: Id
}

/** ISO 8601 of a stored time. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}

/** Users by emoji, in the order in which they reacted. */
export function groupReactions(reactions: readonly ReactionRow[]): Reactions {
  const byEmoji = new Map<string, Id[]>()
  for (const { emoji, user } of reactions) {
    const users = byEmoji.get(emoji)
    if (users === undefined) byEmoji.set(emoji, [user])
    else users.push(user)
  }
  return Object.fromEntries(byEmoji)
}

/** The message as the wire shows it now; reactions in the order they were made. */
export function toMessage(row: MessageRow, reactions: readonly ReactionRow[]): Message {
  return {
    id: row.id,
    conversation: row.conversation,
    seq: row.seq,
    author: row.author,
    key: row.key,
    ...(row.body !== null && row.deletedAt === null && { body: row.body }),
    version: row.version,
    createdAt: timestamp(row.createdAt),
    ...(row.editedAt !== null && { editedAt: timestamp(row.editedAt) }),
    ...(row.deletedAt !== null && { deletedAt: timestamp(row.deletedAt) }),
    ...(row.replyTo !== null && { replyTo: row.replyTo }),
    reactions: groupReactions(reactions),
  }
}

/** A member that is one now, with the profile that spares clients a look-up. */
export interface MemberRow {
  readonly user: User
  readonly role: Role
}

/** The conversation as its members see it. */
export function toConversation(
  row: { readonly id: Id; readonly kind: ConversationKind; readonly title: string | null },
  members: readonly MemberRow[],
): Conversation {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    members: members.map(({ user, role }) => ({ user: user.id, role, profile: user })),
  }
}
