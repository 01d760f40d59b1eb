import type { Id } from '../../protocol/model/primitives.ts'
import type { Op, ReplyOf, RequestOf } from '../../protocol/wire/request.ts'

/** The ops that change something that lasts. All but `read` carry a key and are applied once, ever [V4]. */
export type ChangeOp = Exclude<
  Op,
  'hello' | 'typing' | 'events' | 'history' | 'conversation.get' | 'users.find'
>

/** A request to change something, with all that the decision may not make up itself. */
export interface Command<O extends ChangeOp = ChangeOp> {
  readonly op: O
  readonly request: RequestOf<O>
  /** The user who asks. */
  readonly actor: Id
  /** SHA-256 of the request's canonical content, without `id` and `key`: tells a repeat from a reused key. */
  readonly fingerprint: Uint8Array
  /** A fresh unguessable id, for the message or conversation that this command may create. */
  readonly freshId: Id
  /** Commands of one lane (a connection) take effect in the order in which they were given to the store [O3]. */
  readonly lane: number
}

/** Any command, told apart by `op`. */
export type AnyCommand = { [O in ChangeOp]: Command<O> }[ChangeOp]

/** What a reply says beyond `re`, `ok` and `duplicate`. */
export type ReplyBody<O extends ChangeOp = ChangeOp> = O extends ChangeOp
  ? Omit<ReplyOf<O>, 're' | 'ok' | 'duplicate'>
  : never
