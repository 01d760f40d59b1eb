import type { ConversationKind, Role } from '../../protocol/model/conversation.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { WireError } from '../../protocol/wire/error.ts'
import type { ChangeOp, ReplyBody } from './command.ts'
import type { MessageRow } from './rows.ts'

/**
 * What a store has to write, in this order, in the transaction that read the facts. A store knows no rule: it applies
 * these and nothing else. Times are ms since the epoch.
 */
export type Change =
  /**
   * Adds an event to a stream and moves the stream's head to `event.seq` (which is head + 1 of the facts) [V2].
   * `message` is the message that the event is about, or null.
   */
  | { type: 'event.append'; stream: StreamId; at: number; message: Id | null; event: StreamEvent }
  /** Replaces the stored JSON of an event: the body of a deleted message leaves every later answer. */
  | { type: 'event.rewrite'; stream: StreamId; seq: number; json: string }
  | { type: 'message.insert'; row: MessageRow }
  /** A new body; `seq` is that of the `message.edited` event, which holds the body too. */
  | {
      type: 'message.edit'
      id: Id
      seq: number
      body: string
      version: number
      editedAt: number
    }
  /** Makes a tombstone: body and reactions go. */
  | {
      type: 'message.erase'
      id: Id
      version: number
      deletedAt: number
      deletedSeq: number
    }
  | { type: 'reaction.put'; message: Id; emoji: string; user: Id; seq: number }
  | { type: 'reaction.drop'; message: Id; emoji: string; user: Id }
  /** A new conversation; `directKey` names the pair of a direct one and is unique. Its stream starts at head 0. */
  | {
      type: 'conversation.insert'
      id: Id
      kind: ConversationKind
      title: string | null
      directKey: string | null
      at: number
    }
  | { type: 'conversation.rename'; id: Id; title: string }
  /**
   * Inserts or replaces a place in a conversation; null: not a member any more. `joined` becomes `seq` for one who was no
   * member before; other marks stay.
   */
  | { type: 'membership.put'; conversation: Id; user: Id; role: Role | null; seq: number }
  | { type: 'read.set'; conversation: Id; user: Id; upTo: number }
  | { type: 'delivered.set'; conversation: Id; user: Id; upTo: number }
  /**
   * Remembers a key for ever [V4]. `reply` is the JSON of the reply's body; null for `send`, whose answer is its
   * `message.created` at `created`.
   */
  | {
      type: 'key.record'
      user: Id
      key: string
      op: ChangeOp
      fingerprint: Uint8Array
      reply: string | null
      created: { stream: StreamId; seq: number } | null
    }

/** A member has come further in a conversation: what the others are told, once it is committed. */
export interface MovedReceipt {
  readonly conversation: Id
  readonly receipt: Receipt
}

/** What was decided: a refusal, which writes nothing and is not remembered, or changes and the answer. */
export type Decision<O extends ChangeOp = ChangeOp> =
  | { readonly ok: false; readonly error: WireError }
  | {
      readonly ok: true
      readonly changes: readonly Change[]
      readonly reply: ReplyBody<O>
      /** The answer says `duplicate: true`: this key, or this very state, was there before. */
      readonly duplicate: boolean
      readonly moved?: MovedReceipt
    }

/** What the decisions need from outside: the clock, ms, and the server's settings. */
export interface Circumstances {
  readonly now: number
  /** How long after its creation a message may be edited, in ms. */
  readonly editWindowMs: number
}
