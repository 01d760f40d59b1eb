import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { User } from '../../protocol/model/user.ts'
import type { ChangeOp } from './command.ts'
import type { ConversationRow, MemberRow, MembershipRow, MessageRow } from './rows.ts'

/**
 * What each decision is made on: read, and locked against change, inside the transaction that writes [V1].
 * A store that locks rows does so in one order: the streams' heads belong to conversation rows, so
 * conversation, membership, message, then user streams by id.
 */

/**
 * An earlier use of the same (user, key) [V4]. `reply` is what was answered; for `send` it is null and `created` is
 * the stored JSON of its `message.created`, so that a body is kept once and its erasure reaches repeats too.
 */
export interface PriorUse {
  readonly op: ChangeOp
  readonly fingerprint: Uint8Array
  readonly reply: string | null
  readonly created: string | null
}

/** Facts of every op with a key. */
export interface Keyed {
  readonly prior: PriorUse | null
  /** False when the request names a key in `after` that this user has not applied yet [O3]. */
  readonly inOrder: boolean
}

/** Facts about a conversation that is named in the request, and the asker's place in it. */
interface InConversation extends Keyed {
  readonly conversation: ConversationRow | null
  readonly actor: MembershipRow | null
}

/** Facts about a message that is named in the request; conversation and actor are those of the message. */
interface OnMessage extends InConversation {
  readonly message: MessageRow | null
}

export interface SendFacts extends InConversation {
  /** The message replied to, when the request names one and it is in the same conversation. */
  readonly repliedTo: Id | null
}

export type EditFacts = OnMessage & {
  /** The message's reactions: `conflict` answers with the whole message. */
  readonly reactions: readonly { readonly emoji: string; readonly user: Id }[]
}

export interface DeleteFacts extends OnMessage {
  /** The stored events that hold a body of this message: its `message.created` and every `message.edited`. */
  readonly bodies: readonly StoredEvent[]
}

export interface StoredEvent {
  readonly seq: number
  readonly json: string
}

export interface ReactFacts extends OnMessage {
  /** Whether the actor's reaction with this emoji is there now. */
  readonly present: boolean
  /** How many different emoji the message has, and whether this one is among them. */
  readonly emojis: number
  readonly emojiKnown: boolean
}

/** How far the actor has come; 0 for not at all. */
export interface DeliveredFacts {
  readonly conversation: ConversationRow | null
  readonly actor: MembershipRow | null
  /** Seq of the event that made the actor a member, 0 for an unknown one. */
  readonly joined: number
  readonly delivered: number
  readonly read: number
}

export interface ReadFacts extends DeliveredFacts {
  /** Head of the actor's own stream. */
  readonly ownHead: number
}

export interface CreateFacts extends Keyed {
  /** The asker and every member named that exists, each once. */
  readonly users: readonly User[]
  /** For a direct one: that of this pair, if it exists, with its members. */
  readonly existing: {
    readonly row: ConversationRow
    readonly members: readonly MemberRow[]
  } | null
  /** Heads of the user streams of everyone in `users`. */
  readonly heads: ReadonlyMap<StreamId, number>
}

export interface UpdateFacts extends InConversation {
  readonly members: readonly MemberRow[]
}

export interface MemberFacts extends InConversation {
  /** The user that the request names, if there is such a one, and its place in the conversation. */
  readonly user: User | null
  readonly target: MembershipRow | null
  /** Head of that user's own stream. */
  readonly userHead: number
}

/** The facts that each op is decided on. */
export interface FactsByOp {
  send: SendFacts
  edit: EditFacts
  delete: DeleteFacts
  react: ReactFacts
  read: ReadFacts
  delivered: DeliveredFacts
  'conversation.create': CreateFacts
  'conversation.update': UpdateFacts
  'member.add': MemberFacts
  'member.remove': MemberFacts
  'member.role': MemberFacts
}
