import type { Message } from '../../protocol/model/message.ts'
import type { Id, IdempotencyKey, Seq } from '../../protocol/model/primitives.ts'
import type { Operation, OperationDraft, OperationKind, UnreadableOperation } from './operation.ts'
import type { OperationFailure } from './operation-failure.ts'
import type { Lost } from './outbox-lost.ts'
import type { ThrownAway } from './outbox-unreadable.ts'
import type { Outcome, RequestBody } from './transport.ts'

/** What the outbox is told. */
export type OutboxInput =
  /** The stored rows, once, at the start. */
  | {
      readonly type: 'load'
      readonly operations: readonly Operation[]
      readonly unreadable: readonly UnreadableOperation[]
      readonly thrownAway?: readonly ThrownAway[]
    }
  /** The user acted. The same key again does nothing. Refused ones have a `refuse` effect. */
  | {
      readonly type: 'enqueue'
      readonly draft: OperationDraft
      /** How long a deletion can be taken back; 0 without it. */
      readonly holdMs?: number
    }
  | { readonly type: 'retry'; readonly key: string }
  | { readonly type: 'retry-all' }
  /** `deleteKey` is a fresh key, for the deletion that must follow a message that may have arrived. */
  | {
      readonly type: 'discard'
      readonly key: string
      readonly deleteKey: IdempotencyKey
      /** How long it can be taken back; 0 without it. */
      readonly holdMs?: number
    }
  /** The user takes a deletion or a discard back that is still held; too late, it does nothing [M4]. */
  | { readonly type: 'undo'; readonly key: string }
  /** The user chose a text. `newKey` is a fresh key, for the edit that is based on the server's version. */
  | {
      readonly type: 'resolve'
      readonly key: string
      readonly choice: 'mine' | 'theirs'
      readonly newKey: IdempotencyKey
    }
  /** A connection was greeted. `ordered`: the server honours `after`, so that requests may be pipelined. */
  | { readonly type: 'online'; readonly ordered: boolean; readonly maxBodyBytes: number }
  /** The connection is gone; `closeCode` is the server's, null when it gave none. */
  | { readonly type: 'offline'; readonly closeCode: number | null }
  | { readonly type: 'signed-out' }
  | { readonly type: 'signed-in' }
  /** How a transmission ended. */
  | {
      readonly type: 'outcome'
      readonly key: IdempotencyKey
      readonly transmission: number
      readonly outcome: Outcome<OperationKind>
    }
  /** A message of one's own was seen in a stream: its send is confirmed, whatever became of the answer [O11]. */
  | {
      readonly type: 'observed'
      readonly message: Message
      /** A fresh key, for the edit that another text of one's own becomes. */
      readonly newKey: IdempotencyKey
    }
  /** The server was restored and may no longer have this: it comes back as failed `lost_by_server`. */
  | { readonly type: 'lost'; readonly lost: Lost }
  /** Time has passed: due retries go, unanswered transmissions end. See `nextOutboxDeadline`. */
  | { readonly type: 'tick' }

/**
 * What the shell has to do, in this order: all `put`, `remove` and `confirm` of a step (of several steps, when inputs
 * came in one turn) in one durable transaction; only after that has returned, `transmit` [O1, O10].
 */
export type OutboxEffect =
  /** Insert or replace the row with this key. */
  | { readonly type: 'put'; readonly operation: Operation }
  /** Delete the row: discarded, or folded into another. */
  | { readonly type: 'remove'; readonly operation: Operation }
  /** Store which unreadable rows are thrown away and can still be taken back: these and no others. */
  | { readonly type: 'throw-away'; readonly rows: readonly ThrownAway[] }
  /** Delete the row of an unreadable operation. */
  | { readonly type: 'remove-unreadable'; readonly key: string }
  /** The server has it: delete the row, and write what it changed (`confirmedMessage`) in the same transaction. */
  | { readonly type: 'confirm'; readonly operation: Operation; readonly result: ConfirmedResult }
  /** The server told the present state of a message along with a refusal: merge it into the row. */
  | { readonly type: 'learn'; readonly message: Message }
  | {
      readonly type: 'transmit'
      readonly key: IdempotencyKey
      readonly transmission: number
      readonly request: RequestBody<OperationKind>
    }
  /** Only what is shown changed; nothing to store. */
  | { readonly type: 'show'; readonly operation: Operation }
  /** The command with this key was not taken; nothing is stored. */
  | { readonly type: 'refuse'; readonly key: string; readonly failure: OperationFailure }
  /** The server no longer knows the token: show "Signed out", stop the transport. Nothing is sent any more already [O8]. */
  | { readonly type: 'sign-out' }

/** What the server's answer (or the stream) told about a confirmed operation. */
export type ConfirmedResult =
  | { readonly kind: 'send'; readonly message: Message }
  | { readonly kind: 'edit'; readonly message: Id; readonly version: number }
  | { readonly kind: 'delete'; readonly message: Id }
  /** `seq` of its event, or of what made it so before. */
  | { readonly kind: 'react'; readonly message: Id; readonly seq: Seq }
  | { readonly kind: 'read' }
