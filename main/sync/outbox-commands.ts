import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { MessageTarget, Operation } from './operation.ts'
import { localFailure } from './operation-failure.ts'
import { targetOf } from './operation-request.ts'
import {
  bequeathBase,
  dropMessage,
  forgetTarget,
  hasFailedFor,
  isDeleted,
  lacksDependency,
  reviveDependants,
} from './outbox-dependants.ts'
import { enqueue } from './outbox-enqueue.ts'
import type { OutboxInput } from './outbox-protocol.ts'
import { isSettled, laneOf } from './outbox-state.ts'
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
  const { key, deleteKey } = input
  if (work.unreadable.some((row) => row.key === key)) {
    work.unreadable = work.unreadable.filter((row) => row.key !== key)
    work.tell({ type: 'remove-unreadable', key })
    return
  }
  const operation = work.get(key)?.operation
  if (operation === undefined) return
  if (operation.kind !== 'send') {
    if (operation.kind === 'edit') bequeathBase(work, operation)
    work.feed(key, { type: 'discard' })
    return
  }
  if (!operation.mayHaveArrived || isSettled(operation)) {
    dropMessage(work, laneOf(operation), key)
    return
  }
  enqueue(work, {
    kind: 'delete',
    key: deleteKey,
    conversation: operation.conversation,
    createdAt: work.now.wallMs,
    target: { key, id: null },
  })
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

/**
 * Own messages that a restored server no longer has: they come back as failed, before all else of their conversation,
 * so that the user sees them and decides. The same key sends them again, as another message: changes of it follow that.
 * One that the user had deleted does not come back; its deletion goes on, in case the server has it after all.
 */
export function takeLost(work: OutboxWork, messages: readonly Message[]): void {
  const oldestFirst = [...messages].sort((a, b) => a.seq - b.seq)
  const keys = new Map(oldestFirst.map(({ id, key }) => [id, key]))
  const first = work.lowestOrdinal() - oldestFirst.length
  oldestFirst.forEach((message, place) => {
    const { key, body, replyTo } = message
    if (key === undefined || body === undefined || work.get(key) !== null) return
    if (isDeleted(work, message.conversation, key)) return
    forgetTarget(work, message.conversation, key)
    const quoted = replyTo === undefined ? undefined : keys.get(replyTo)
    work.insert({
      kind: 'send',
      key,
      conversation: message.conversation,
      createdAt: Date.parse(message.createdAt),
      body,
      replyTo: replyTo === undefined ? null : quoteOf(replyTo, quoted),
      ordinal: first + place,
      attempts: 0,
      mayHaveArrived: false,
      status: { state: 'failed', failure: localFailure('lost_by_server') },
    })
  })
}

/** What a lost message quotes: another lost one is only known by its key until it is sent again. */
function quoteOf(id: Id, key: string | undefined): MessageTarget {
  return key === undefined ? { key: id, id } : { key, id: null }
}
