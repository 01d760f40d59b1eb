import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { OperationFailure } from './operation-failure.ts'

/**
 * One thing the user did that the server has not confirmed yet: a row of the outbox. Immutable: a change makes a new one.
 */
export type Operation =
  | SendOperation
  | EditOperation
  | DeleteOperation
  | ReactOperation
  | ReadOperation

export type OperationKind = Operation['kind']

/** Writes a message. Its key is also the message's key on screen, for ever. */
export interface SendOperation extends OperationBase {
  readonly kind: 'send'
  readonly body: string
  readonly replyTo: MessageTarget | null
}

/** Replaces the body of a message. `baseVersion` is null until the change before it on this message was answered. */
export interface EditOperation extends OperationBase {
  readonly kind: 'edit'
  readonly target: MessageTarget
  readonly body: string
  readonly baseVersion: number | null
}

/** Deletes a message. */
export interface DeleteOperation extends OperationBase {
  readonly kind: 'delete'
  readonly target: MessageTarget
}

/** Adds (`on`) or removes the user's reaction. */
export interface ReactOperation extends OperationBase {
  readonly kind: 'react'
  readonly target: MessageTarget
  readonly emoji: string
  readonly on: boolean
}

/** Moves the user's read marker. Only the highest seq of a conversation matters. */
interface ReadOperation extends OperationBase {
  readonly kind: 'read'
  readonly seq: number
}

/** The message that an operation is about. */
export interface MessageTarget {
  /** The message's key on screen: its author's idempotency key, or its id where that is unknown. */
  readonly key: string
  /** null while the message's own send is unconfirmed; filled in when that is answered. */
  readonly id: Id | null
}

interface OperationBase {
  /** Chosen once; the server applies it once, ever [O2]. */
  readonly key: IdempotencyKey
  readonly conversation: Id
  /** Place in the order in which the user acted; unique over the whole outbox [O3]. */
  readonly ordinal: number
  /** Wall-clock ms since the epoch, for display. */
  readonly createdAt: number
  /** Transmissions that count: answered with a retryable error, not within 10 s, or cut once too often [O4]. */
  readonly attempts: number
  /** How often in a row the line ended right after it was transmitted; absent for never, and after any answer [O4]. */
  readonly cuts?: number
  /** Whether the server may have applied it: true from the first transmission on, until an answer rules it out [O10]. */
  readonly mayHaveArrived: boolean
  readonly status: OperationStatus
}

/**
 * The life of an operation, one union. Sent and discarded ones are no longer in the outbox. That nobody is signed in is
 * no state of each of them but of the link: to end a session costs the same however much waits [O8, S6].
 */
export type OperationStatus =
  | { readonly state: 'queued' }
  /** Transmitted on this connection, not answered yet. After a restart it is `unconfirmed`. */
  | { readonly state: 'sending' }
  | WaitingStatus
  /** Transmitted, and then no answer or a cut: the same key is asked again [O11]. */
  | { readonly state: 'unconfirmed' }
  | { readonly state: 'failed'; readonly failure: OperationFailure }
  | ConflictStatus
  | HeldStatus

/** An edit on an older version than the server's. */
interface ConflictStatus {
  readonly state: 'conflict'
  readonly mine: string
  readonly theirs: string
  /** The server's version, which a new edit would be based on. */
  readonly theirVersion: number
}

/** What the user can still take back: a deletion that is not sent yet, or something thrown away [M4]. */
export interface HeldStatus {
  readonly state: 'held'
  /** What it is to the user. */
  readonly what: 'delete' | 'discard'
  /** Key of the operation that the user deleted or threw away; changes of an unsent message are held with it. */
  readonly by: string
  /** Wall-clock ms since the epoch at which it takes effect; stored, so that it outlives a restart. */
  readonly at: number
  /** The whole wait in ms: no jump of the clock makes it longer. */
  readonly delayMs: number
  /** What it goes on with when it is taken back; a deletion, when its time has come. */
  readonly resume: RestingStatus
}

/** Waits for retry number `retry` (1 … 5) [O5]. */
interface WaitingStatus {
  readonly state: 'waiting'
  readonly retry: number
  /** Wall-clock ms since the epoch; stored, so that a restart goes on with the schedule [O7]. */
  readonly at: number
  /** The whole wait in ms: no jump of the clock makes it longer. */
  readonly delayMs: number
  readonly failure: OperationFailure
}

export type ResumableStatus =
  | { readonly state: 'queued' }
  | { readonly state: 'unconfirmed' }
  | WaitingStatus

/** What can be stored of an operation that is not held. */
export type RestingStatus =
  | ResumableStatus
  | { readonly state: 'failed'; readonly failure: OperationFailure }
  | ConflictStatus

export type OperationState = OperationStatus['state']

/** What the user asked for, before it has a place and a state. */
export type OperationDraft = DraftOf<Operation>

type DraftOf<O> = O extends Operation
  ? Omit<O, 'ordinal' | 'attempts' | 'cuts' | 'mayHaveArrived' | 'status'>
  : never

/** A stored row that could not be read: it stays visible as failed `unreadable`, and can only be discarded [O9]. */
export interface UnreadableOperation {
  /** Its place; nothing newer may take it, as a later version may read it again [O3]. */
  readonly ordinal: number
  readonly key: string
  readonly conversation: Id | null
  readonly createdAt: number | null
  /** When it goes, as the user threw it away (`dueAt`: monotonic ms); absent while it is in sight. */
  readonly gone?: { readonly at: number; readonly delayMs: number; readonly dueAt: number }
}
