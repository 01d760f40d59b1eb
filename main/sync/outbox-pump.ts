import { localFailure, sizeFailure } from './operation-failure.ts'
import { operationRequest, targetOf } from './operation-request.ts'
import { transition } from './operation-transitions.ts'
import { type Entry, isInFlight, isSettled, type Lane } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import { ANSWER_TIMEOUT_MS } from './retry-policy.ts'

/** Most operations of one lane in flight. */
export const MAX_WINDOW = 256

/**
 * Transmits what a lane may transmit now, in order [O3].
 *
 * Without `ordered` one operation is in flight a lane. With it up to `window` are: each names the one before it as
 * `after`, which the server refuses to overtake. An operation that waits, or that needs an answer which is still out,
 * holds back all behind it; one that failed holds back only what needs its message.
 */
export function pumpLane(work: OutboxWork, laneId: string): void {
  if (work.link.status !== 'online') return
  const limit = work.link.ordered ? work.lane(laneId).window : 1
  let seenInFlight = 0
  let previous: Entry | null = null
  for (let index = 0; index < work.lane(laneId).entries.length; index += 1) {
    const lane = work.lane(laneId)
    const entry = lane.entries[index]
    if (entry === undefined || isSettled(entry.operation)) continue
    if (isInFlight(entry)) {
      seenInFlight += 1
      previous = entry
      continue
    }
    // Retried by the user while later ones are on the line: it goes when they are answered.
    if (lane.inFlight > seenInFlight) break
    if (lane.inFlight >= limit || !mayTransmit(entry)) break
    if (work.suspects.size > 0 && work.inFlight() > 0) break
    const result = transmit(work, laneId, index, previous)
    if (result === 'blocked') break
    if (result === 'failed') continue
    previous = result
    seenInFlight += 1
  }
  setAnswerDeadline(work, laneId)
}

/** Starts the clock of the oldest transmission; it stopped when the one before it was answered [O4]. */
function setAnswerDeadline(work: OutboxWork, laneId: string): void {
  const { entries, answerBy } = work.lane(laneId)
  const oldest = entries.find(isInFlight)
  if (oldest === undefined) work.setAnswerBy(laneId, null)
  else if (answerBy === null) work.setAnswerBy(laneId, work.now.monotonicMs + ANSWER_TIMEOUT_MS)
}

function transmit(
  work: OutboxWork,
  laneId: string,
  index: number,
  previous: Entry | null,
): Entry | 'blocked' | 'failed' {
  const entry = resolveBase(work, laneId, index)
  if (entry === null) return 'blocked'
  const { operation } = entry
  const tooLarge = 'body' in operation ? sizeFailure(operation.body, work.maxBodyBytes) : null
  if (tooLarge !== null && !operation.mayHaveArrived) {
    work.feed(laneId, index, { type: 'orphaned', failure: tooLarge })
    return 'failed'
  }
  const request = operationRequest(operation, previous?.operation.key ?? null)
  if (request === null) {
    if (isAnswerPending(work.lane(laneId), index)) return 'blocked'
    work.feed(laneId, index, { type: 'orphaned', failure: localFailure('depends_on_failed') })
    return 'failed'
  }
  const sending = transition(operation, { type: 'transmit' })
  if (sending === null || sending === operation) return 'blocked'
  const transmission = work.takeTransmission()
  const next = {
    operation: sending,
    flight: { transmission, isFirst: !operation.mayHaveArrived, isPipelined: previous !== null },
    dueAt: null,
  }
  work.set(laneId, index, next)
  work.transmit({ type: 'transmit', key: operation.key, transmission, request })
  return next
}

/**
 * An edit that followed another one of the same message, which has failed meanwhile, is based on what that one was
 * based on. null: there is no such entry.
 */
function resolveBase(work: OutboxWork, laneId: string, index: number): Entry | null {
  const { entries } = work.lane(laneId)
  const entry = entries[index]
  if (entry === undefined) return null
  const { operation } = entry
  if (operation.kind !== 'edit' || operation.baseVersion !== null) return entry
  const earlier = entries
    .slice(0, index)
    .map((e) => e.operation)
    .findLast((o) => o.kind === 'edit' && o.target.key === operation.target.key)
  if (earlier?.kind !== 'edit' || !isSettled(earlier) || earlier.baseVersion === null) return entry
  const based = { ...entry, operation: { ...operation, baseVersion: earlier.baseVersion } }
  work.set(laneId, index, based)
  return based
}

/** Whether what an entry needs may still come: a send or an edit of the same message before it that is not settled. */
function isAnswerPending(lane: Lane, index: number): boolean {
  const entry = lane.entries[index]
  if (entry === undefined) return false
  const target = targetOf(entry.operation)
  return lane.entries.slice(0, index).some(({ operation }) => {
    if (isSettled(operation) || target === null) return false
    if (operation.kind === 'send') return operation.key === target.key
    return operation.kind === 'edit' && operation.target.key === target.key
  })
}

function mayTransmit(entry: Entry): boolean {
  const { state } = entry.operation.status
  return state === 'queued' || state === 'unconfirmed'
}
