import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Operation, UnreadableOperation } from './operation.ts'
import { targetOf } from './operation-request.ts'

/** The outbox: what the user did and the server has not confirmed, in lanes. Immutable; `stepOutbox` makes the next. */
export interface OutboxState {
  readonly link: OutboxLink
  readonly lanes: ReadonlyMap<string, Lane>
  readonly unreadable: readonly UnreadableOperation[]
  /** Operations over all lanes. */
  readonly size: number
  readonly nextOrdinal: number
  readonly nextTransmission: number
  /** Largest body that the server takes, in bytes of UTF-8. */
  readonly maxBodyBytes: number
  /**
   * Keys that were on the line together when the server closed it for a frame that it will never take. They are asked
   * one at a time, so that the one it meant fails alone and the others pass.
   */
  readonly suspects: ReadonlySet<string>
}

export type OutboxLink =
  | { readonly status: 'offline' }
  | { readonly status: 'signed-out' }
  | { readonly status: 'online'; readonly ordered: boolean }

/**
 * Operations that take effect in order [O3]: those of one conversation; its read marker is a lane of its own, since
 * nothing is gained by holding back what was read for what was written.
 */
export interface Lane {
  readonly id: string
  /** By ordinal. Those in flight are the first of them that are neither failed nor in conflict. */
  readonly entries: readonly Entry[]
  /** How many may be in flight: begins at 1 with each connection, grows by 1 with each success, 1 again after a failure. */
  readonly window: number
  /** How many are in flight. */
  readonly inFlight: number
  /** How many need the id of a message whose send is unconfirmed; spares looking for them when there are none. */
  readonly unresolved: number
  /** Monotonic ms at which the oldest transmission counts as unanswered; null when nothing is in flight. */
  readonly answerBy: number | null
}

/** An operation with what only this process knows of it. */
export interface Entry {
  readonly operation: Operation
  /** The transmission that is not answered yet, else null. */
  readonly flight: Flight | null
  /** Monotonic ms at which a waiting one is due, else null. */
  readonly dueAt: number | null
}

/** One transmission. */
export interface Flight {
  readonly transmission: number
  /** Whether it is the operation's first ever: to be refused unlooked-at then proves that nothing arrived. */
  readonly isFirst: boolean
  /** Whether it named the one before it as `after`. */
  readonly isPipelined: boolean
}

/** Whether an operation needs the id of a message whose send is unconfirmed. */
export function isUnresolved(operation: Operation): boolean {
  const target = targetOf(operation)
  return target !== null && target.id === null
}

/** An empty outbox, offline. */
export const EMPTY_OUTBOX: OutboxState = {
  link: { status: 'offline' },
  lanes: new Map(),
  unreadable: [],
  size: 0,
  nextOrdinal: 1,
  nextTransmission: 1,
  maxBodyBytes: MAX_BODY_BYTES,
  suspects: new Set(),
}

/** The lane that an operation belongs to. */
export function laneOf(operation: { kind: Operation['kind']; conversation: Id }): string {
  return operation.kind === 'read' ? `${operation.conversation} read` : operation.conversation
}

/** Whether an entry is on the line. */
export function isInFlight(entry: Entry): boolean {
  return entry.flight !== null
}

/** Whether an operation is at rest until the user decides, so that it holds back nothing behind it. */
export function isSettled(operation: Operation): boolean {
  return operation.status.state === 'failed' || operation.status.state === 'conflict'
}

/** What is pending on a conversation's messages (not its read marker), in order. */
export function pendingOf(state: OutboxState, conversation: Id): readonly Entry[] {
  return state.lanes.get(conversation)?.entries ?? []
}

/** Every operation, oldest first. */
export function allOperations(state: OutboxState): Operation[] {
  return [...state.lanes.values()]
    .flatMap((lane) => lane.entries.map((entry) => entry.operation))
    .sort((a, b) => a.ordinal - b.ordinal)
}

/** The operation with a key, wherever it is. */
export function findOperation(state: OutboxState, key: string): Operation | null {
  for (const lane of state.lanes.values()) {
    const found = lane.entries.find((entry) => entry.operation.key === key)
    if (found !== undefined) return found.operation
  }
  return null
}

/** How many wait for the line or the server, and how many for the user (failed, in conflict, unreadable). */
export function countOutbox(state: OutboxState): { waiting: number; failed: number } {
  let failed = 0
  for (const lane of state.lanes.values()) {
    for (const entry of lane.entries) if (isSettled(entry.operation)) failed += 1
  }
  return { waiting: state.size - failed, failed: failed + state.unreadable.length }
}

/**
 * Monotonic ms at which the outbox wants a `tick`: the next due retry or unanswered transmission; null for none.
 * The shell keeps one timer, set anew after every step.
 */
export function nextOutboxDeadline(state: OutboxState): number | null {
  let earliest: number | null = null
  for (const lane of state.lanes.values()) {
    earliest = sooner(earliest, lane.answerBy)
    for (const entry of lane.entries) earliest = sooner(earliest, entry.dueAt)
  }
  return earliest
}

function sooner(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
