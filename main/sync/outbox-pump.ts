import type { Operation } from './operation.ts'
import { localFailure, sizeFailure } from './operation-failure.ts'
import { operationRequest, targetOf } from './operation-request.ts'
import { transition } from './operation-transitions.ts'
import { comparePlaces, type Entry, isSettled, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import { ANSWER_TIMEOUT_MS } from './retry-policy.ts'

/** Most operations of one lane in flight. */
export const MAX_WINDOW = 64

/** Most operations in flight over all lanes: what is on the line when it ends costs a turn [S6]. */
export const MAX_IN_FLIGHT = 64

/**
 * Transmits what may be transmitted now: of these lanes first, then of those that wait for their turn, then of those
 * that had theirs.
 */
export function pump(work: OutboxWork, first: Iterable<string>, last: Iterable<string>): void {
  if (work.link.status !== 'online') return
  for (const lane of first) pumpLane(work, lane)
  while (!isFull(work)) {
    const { after, lanes } = work.hungry
    const next = lanes.keyAfter(after) ?? lanes.firstKey()
    if (next === undefined) break
    work.hungry = { after: next, lanes: lanes.delete(next) }
    pumpLane(work, next)
  }
  for (const lane of last) pumpLane(work, lane)
}

/** Whether nothing more may go now. One that may be what ends the line goes alone. */
function isFull(work: OutboxWork): boolean {
  return work.inFlight() >= (work.suspects.size > 0 ? 1 : MAX_IN_FLIGHT)
}

function isOrdered({ link }: OutboxWork): boolean {
  return link.status === 'online' && link.ordered
}

/**
 * Transmits what a lane may transmit now, in order [O3].
 *
 * Without `ordered` one operation is in flight a lane. With it up to `window` are: each names the one before it as
 * `after`, which the server refuses to overtake. An operation that waits, or that needs an answer which is still out,
 * holds back all behind it; one that failed holds back only what needs its message.
 */
function pumpLane(work: OutboxWork, laneId: string): void {
  const limit = isOrdered(work) ? work.lane(laneId).window : 1
  for (;;) {
    const { idle, flying } = work.lane(laneId)
    const next = work.first(idle)
    if (next === null || flying.size >= limit || !mayTransmit(next)) break
    const previous = work.last(flying)
    // Retried by the user while later ones are on the line: it goes when they are answered.
    if (previous !== null && comparePlaces(next.operation, previous.operation) < 0) break
    if (isFull(work)) {
      work.hungry = { ...work.hungry, lanes: work.hungry.lanes.set(laneId, true) }
      break
    }
    if (transmit(work, next, previous) === 'blocked') break
  }
  setAnswerDeadline(work, laneId)
}

/** Starts the clock of the oldest transmission; it stopped when the one before it was answered [O4]. */
function setAnswerDeadline(work: OutboxWork, laneId: string): void {
  const { flying, answerBy } = work.lane(laneId)
  if (flying.size === 0) work.setAnswerBy(laneId, null)
  else if (answerBy === null) work.setAnswerBy(laneId, work.now.monotonicMs + ANSWER_TIMEOUT_MS)
}

/** Transmits an operation behind `previous`; one that never can be fails, and makes room for the next. */
function transmit(
  work: OutboxWork,
  idle: Entry,
  previous: Entry | null,
): 'transmitted' | 'failed' | 'blocked' {
  const operation = resolveBase(work, idle)
  const { key, mayHaveArrived } = operation
  const tooLarge = 'body' in operation ? sizeFailure(operation.body, work.maxBodyBytes) : null
  if (tooLarge !== null && !mayHaveArrived) {
    work.feed(key, { type: 'orphaned', failure: tooLarge })
    return 'failed'
  }
  const request = operationRequest(operation, previous?.operation.key ?? null)
  if (request === null) {
    if (isAnswerPending(work, operation)) return 'blocked'
    work.feed(key, { type: 'orphaned', failure: localFailure('depends_on_failed') })
    return 'failed'
  }
  const sending = transition(operation, { type: 'transmit' })
  if (sending === null || sending === operation) return 'blocked'
  const transmission = work.takeTransmission()
  const flight = {
    transmission,
    isFirst: !mayHaveArrived,
    isPipelined: previous !== null,
    isAlone: work.suspects.size > 0,
    at: work.now.monotonicMs,
  }
  work.set({ operation: sending, flight, dueAt: null })
  work.transmit({ type: 'transmit', key, transmission, request })
  return 'transmitted'
}

/** An edit that followed another one of the same message, which has failed meanwhile, is based on what that one was. */
function resolveBase(work: OutboxWork, { operation }: Entry): Operation {
  if (operation.kind !== 'edit' || operation.baseVersion !== null) return operation
  const earlier = earlierOnes(work, operation, operation.target.key).findLast(
    (o) => o.kind === 'edit',
  )
  if (earlier?.kind !== 'edit' || !isSettled(earlier) || earlier.baseVersion === null) {
    return operation
  }
  const based = { ...operation, baseVersion: earlier.baseVersion }
  work.change(based)
  return based
}

/** Whether what an operation needs may still come: a send or an edit of its message before it that is not settled. */
function isAnswerPending(work: OutboxWork, operation: Operation): boolean {
  const target = targetOf(operation)
  if (target === null) return false
  return earlierOnes(work, operation, target.key).some(
    (o) => !isSettled(o) && (o.kind === 'edit' || (o.kind === 'send' && o.key === target.key)),
  )
}

/** What is about a message and was made before an operation. */
function earlierOnes(work: OutboxWork, operation: Operation, message: string): Operation[] {
  return work
    .about(laneOf(operation), message)
    .flatMap((entry) => (comparePlaces(entry.operation, operation) < 0 ? [entry.operation] : []))
}

function mayTransmit(entry: Entry): boolean {
  const { state } = entry.operation.status
  return state === 'queued' || state === 'unconfirmed'
}
