import type { Operation } from './operation.ts'
import { bequeathBase, dropMessage } from './outbox-dependants.ts'
import { releaseDeletion } from './outbox-enqueue.ts'
import { isHeldDeletion, laneOf, type OutboxState } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

/**
 * Taking back [M4]. A deletion waits before it is sent, and what is thrown away stays a while, in its row: a kill and a
 * restart change nothing about it. Nothing waits for what is held, so that what is written meanwhile may overtake a
 * held deletion; what changes the same message follows it.
 */

/** The user takes it back: a deletion was never made, anything else goes on as before. */
export function undo(work: OutboxWork, key: string): void {
  const operation = work.get(key)?.operation
  if (operation?.status.state !== 'held') return
  const { by } = operation.status
  if (isHeldDeletion(operation)) work.remove(key)
  for (const { operation: other } of work.list(work.lane(laneOf(operation)).held)) {
    if (other.status.state === 'held' && other.status.by === by) {
      work.feed(other.key, { type: 'undo' })
    }
  }
}

/** The time to take it back is over. */
export function releaseHeld(work: OutboxWork, lane: string): void {
  for (const { operation, dueAt } of work.list(work.lane(lane).held)) {
    if (dueAt === null || dueAt > work.now.monotonicMs || work.get(operation.key) === null) continue
    release(work, lane, operation)
  }
}

function release(work: OutboxWork, lane: string, operation: Operation): void {
  if (operation.kind === 'delete' && isHeldDeletion(operation)) {
    releaseDeletion(work, operation)
    return
  }
  if (operation.kind === 'send') {
    const by = operation.status.state === 'held' ? work.get(operation.status.by)?.operation : null
    if (by?.kind === 'delete' && isHeldDeletion(by)) releaseDeletion(work, by)
    else dropMessage(work, lane, operation.key)
    return
  }
  if (operation.kind === 'edit') bequeathBase(work, operation)
  work.feed(operation.key, { type: 'discard' })
}

/** Something that the user can take back. */
export interface Undoable {
  readonly key: string
  readonly conversation: string
  readonly what: 'delete' | 'discard'
  /** Monotonic ms at which it takes effect. */
  readonly dueAt: number
}

/** What the user can take back, oldest first. */
export function undoables({ counts, entries, unreadable }: OutboxState): Undoable[] {
  const found = unreadable.flatMap(({ key, conversation, gone }): Undoable[] =>
    gone === undefined
      ? []
      : [{ key, conversation: conversation ?? '', what: 'discard', dueAt: gone.dueAt }],
  )
  if (counts.held === 0) return found
  for (const { operation, dueAt } of entries.values()) {
    const { key, conversation, status } = operation
    if (status.state !== 'held' || status.by !== key || dueAt === null) continue
    found.push({ key, conversation, what: status.what, dueAt })
  }
  return found.sort((a, b) => a.dueAt - b.dueAt)
}
