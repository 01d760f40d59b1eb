import type { Now } from './clock.ts'
import { resumable } from './operation-transitions.ts'
import { OutboxBooks } from './outbox-books.ts'
import { isSuspect } from './outbox-cuts.ts'
import type { OutboxInput } from './outbox-protocol.ts'
import { EMPTY_OUTBOX, type OutboxState } from './outbox-state.ts'
import { loadUnreadable } from './outbox-unreadable.ts'
import { remainingWaitMs } from './retry-policy.ts'

type LoadInput = Extract<OutboxInput, { type: 'load' }>

/**
 * The outbox after a restart: what was on the line may have arrived, what waited goes on with its schedule [O7], what
 * could not be read stays in sight [O9]. Nothing has to be written for it.
 */
export function loadOutbox(state: OutboxState, input: LoadInput, now: Now): OutboxState {
  const books = new OutboxBooks(EMPTY_OUTBOX)
  let { nextOrdinal } = state
  const suspects = new Set<string>()
  for (const stored of input.operations) {
    const { state: was } = stored.status
    const isAtRest = was === 'failed' || was === 'conflict' || was === 'held'
    const operation = isAtRest ? stored : { ...stored, status: resumable(stored) }
    const { status } = operation
    const dueAt =
      status.state === 'waiting' || status.state === 'held'
        ? now.monotonicMs + remainingWaitMs(status.at, status.delayMs, now.wallMs)
        : null
    books.insert({ operation, flight: null, dueAt })
    if (isSuspect(operation)) suspects.add(operation.key)
    nextOrdinal = Math.max(nextOrdinal, operation.ordinal + 1)
  }
  const unreadable = loadUnreadable(input.unreadable, input.thrownAway ?? [], now)
  for (const { ordinal } of unreadable) nextOrdinal = Math.max(nextOrdinal, ordinal + 1)
  return { ...state, ...books.finish(), unreadable, nextOrdinal, suspects }
}
