import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { Op, ReplyOf, RequestOf } from '../../protocol/wire/request.ts'

/** The ops that change something that lasts. All but `read` and `delivered` carry a key and are applied once, ever [V4]. */
export type ChangeOp = Exclude<
  Op,
  'hello' | 'typing' | 'receipts' | 'events' | 'history' | 'conversation.get' | 'users.find'
>

/** One of the conversations that a `delivered` request names: each is a command of its own. */
interface DeliveredMark extends Pick<RequestOf<'delivered'>, 'op'> {
  readonly conversation: Id
  readonly seq: Cursor
  readonly key?: undefined
}

/** What a command asks for. */
export type Wish<O extends ChangeOp = ChangeOp> = O extends 'delivered'
  ? DeliveredMark
  : RequestOf<O>

interface CommandOf<O extends ChangeOp> {
  readonly op: O
  readonly request: Wish<O>
  /** The user who asks. */
  readonly actor: Id
  /** SHA-256 of canonicalContent(): tells a repeat from a reused key. */
  readonly fingerprint: Uint8Array
  /** A fresh unguessable id, for the message or conversation that this command may create. */
  readonly freshId: Id
  /** Commands of one lane (a connection) take effect in the order in which they were given to the store [O3]. */
  readonly lane: number
}

/**
 * A request to change something, with all that the decision may not make up itself. For several ops, the union of
 * theirs: written as a mapped type, so that tables by op can be called with it.
 */
export type Command<O extends ChangeOp = ChangeOp> = { [K in O]: CommandOf<K> }[O]

/** Any command, told apart by `op`. */
export type AnyCommand = Command

/** What a reply says beyond `re`, `ok` and `duplicate`. */
export type ReplyBody<O extends ChangeOp = ChangeOp> = O extends ChangeOp
  ? Omit<ReplyOf<O>, 're' | 'ok' | 'duplicate'>
  : never
