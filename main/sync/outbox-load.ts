import type { Now } from './clock.ts'
import { resumable } from './operation-transitions.ts'
import type { OutboxInput } from './outbox-protocol.ts'
import { type Entry, isUnresolved, laneOf, type OutboxState } from './outbox-state.ts'
import { remainingWaitMs } from './retry-policy.ts'

type LoadInput = Extract<OutboxInput, { type: 'load' }>

/**
 * The outbox after a restart: what was on the line may have arrived, what waited goes on with its schedule [O7], what
 * could not be read stays in sight [O9]. Nothing has to be written for it.
 */
export function loadOutbox(state: OutboxState, input: LoadInput, now: Now): OutboxState {
  const lanes = new Map<string, Entry[]>()
  let nextOrdinal = state.nextOrdinal
  const byOrdinal = [...input.operations].sort((a, b) => a.ordinal - b.ordinal)
  for (const stored of byOrdinal) {
    const { state: was } = stored.status
    const isAtRest = was === 'failed' || was === 'conflict'
    const operation = isAtRest ? stored : { ...stored, status: resumable(stored) }
    const { status } = operation
    const dueAt =
      status.state === 'waiting'
        ? now.monotonicMs + remainingWaitMs(status.at, status.delayMs, now.wallMs)
        : null
    const entry = { operation, flight: null, dueAt }
    const id = laneOf(operation)
    const entries = lanes.get(id)
    if (entries === undefined) lanes.set(id, [entry])
    else entries.push(entry)
    nextOrdinal = Math.max(nextOrdinal, operation.ordinal + 1)
  }
  return {
    ...state,
    lanes: new Map(
      [...lanes].map(([id, entries]) => [
        id,
        {
          id,
          entries,
          window: 1,
          inFlight: 0,
          unresolved: entries.filter((entry) => isUnresolved(entry.operation)).length,
          answerBy: null,
        },
      ]),
    ),
    unreadable: input.unreadable,
    size: input.operations.length,
    nextOrdinal,
  }
}
