import type { Operation } from './operation.ts'
import { targetOf } from './operation-request.ts'
import {
  bequeathBase,
  dropMessage,
  hasFailedFor,
  lacksDependency,
  reviveDependants,
} from './outbox-dependants.ts'
import { enqueue } from './outbox-enqueue.ts'
import { holdMessage, holdOf } from './outbox-hold.ts'
import type { OutboxInput } from './outbox-protocol.ts'
import { isHeldDeletion, isSettled, laneOf } from './outbox-state.ts'
import { discardUnreadable } from './outbox-unreadable.ts'
import type { OutboxWork } from './outbox-work.ts'

type InputOf<T extends OutboxInput['type']> = Extract<OutboxInput, { type: T }>

/** What the user decides about operations that are in the outbox. */

/**
 * Tries an operation again, with fresh attempts [O9]; one that waits goes at once, unless it is the server that asked
 * for the wait. What failed for the lack of it goes on too, and so does what it lacks. A message whose quote is gone
 * goes without it, as it would be refused for ever.
 */
export function retry(work: OutboxWork, key: string): void {
  const operation = work.get(key)?.operation
  if (operation === undefined) return
  const { status } = operation
  if (status.state === 'waiting' && status.failure.retryAfterMs !== undefined) return
  if (operation.kind === 'send' && hasFailedFor(operation, 'quote_not_found')) {
    work.change({ ...operation, replyTo: null })
  }
  const target = targetOf(operation)
  if (target !== null && lacksDependency(operation)) work.feed(target.key, { type: 'retry' })
  work.feed(key, { type: 'retry' })
  reviveDependants(work, laneOf(operation), key)
}

/** Tries everything again that failed or waits, each as if it had been asked for alone. */
export function retryAll(work: OutboxWork): void {
  for (const lane of work.laneIds()) {
    for (const { operation } of work.list(work.lane(lane).all)) retry(work, operation.key)
  }
}

/**
 * Throws an operation away. A message that may have arrived and is still being asked about cannot be unsaid here: it
 * is followed by its deletion, in order [O10].
 */
export function discard(work: OutboxWork, input: InputOf<'discard'>): void {
  const { key, deleteKey, holdMs = 0 } = input
  if (discardUnreadable(work, key, holdMs)) return
  const operation = work.get(key)?.operation
  if (operation === undefined) return
  if (operation.status.state === 'held') {
    // To throw a deletion away that is not sent yet is to take it back.
    if (isHeldDeletion(operation)) work.remove(key)
    return
  }
  if (operation.kind !== 'send') {
    if (holdMs > 0 && operation.kind !== 'read') {
      work.feed(key, { type: 'hold', ...holdOf(work, 'discard', key, holdMs) })
      return
    }
    if (operation.kind === 'edit') bequeathBase(work, operation)
    work.feed(key, { type: 'discard' })
    return
  }
  if (!operation.mayHaveArrived || isSettled(operation)) {
    if (holdMs > 0) holdMessage(work, operation, holdOf(work, 'discard', key, holdMs))
    else dropMessage(work, laneOf(operation), key)
    return
  }
  const { conversation } = operation
  const target = { key, id: null }
  const createdAt = work.now.wallMs
  enqueue(work, { kind: 'delete', key: deleteKey, conversation, createdAt, target }, holdMs)
}

/** Ends a conflict: the user's text as a new edit of the server's version, or the server's text as it is. */
export function resolveConflict(work: OutboxWork, input: InputOf<'resolve'>): void {
  const operation = work.get(input.key)?.operation
  if (operation?.kind !== 'edit' || operation.status.state !== 'conflict') return
  const { mine, theirVersion } = operation.status
  work.remove(operation.key)
  if (input.choice === 'theirs') return
  const again: Operation = {
    ...operation,
    key: input.newKey,
    body: mine,
    baseVersion: theirVersion,
    attempts: 0,
    mayHaveArrived: false,
    status: { state: 'queued' },
  }
  work.insert(again)
}
