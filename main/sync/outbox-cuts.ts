import { classifyFailure, type Failure } from '../../protocol/wire/failure.ts'
import type { Operation } from './operation.ts'
import { operationFailure } from './operation-failure.ts'
import { comparePlaces, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import { ANSWER_TIMEOUT_MS, FREE_CUTS } from './retry-policy.ts'

/**
 * Lines that end at a message. That a line ends costs nothing; but one that ends right after the same message again
 * and again may end because of it, and would for ever, with all behind it [O4]. After two ends in a row the message is
 * a suspect and goes alone; each further end while it is alone is an attempt of its own. Others that were on the line
 * with it pass when they are asked alone, and nothing is counted against them any more.
 */

/** The line ended with this on it; `failure` is null where the end says nothing of what was on the line. */
export function takeCut(work: OutboxWork, key: string, failure: Failure | null): void {
  const entry = work.get(key)
  if (entry === null) return
  const { operation, flight } = entry
  const isRightAfter =
    failure !== null &&
    classifyFailure(failure) !== 'auth' &&
    flight !== null &&
    work.now.monotonicMs - flight.at <= ANSWER_TIMEOUT_MS &&
    !isBehind(work, operation)
  if (!isRightAfter) {
    work.feed(key, { type: 'cut' })
    return
  }
  if (flight.isAlone && (operation.cuts ?? 0) >= FREE_CUTS) {
    const { wallMs } = work.now
    work.feed(key, { type: 'attempt-failed', failure: operationFailure(failure), wallMs })
    return
  }
  work.feed(key, { type: 'cut', rightAfter: true })
  suspectAgain(work, key)
}

/** One that a line ended after too often is asked alone, whenever its turn comes. */
export function suspectAgain(work: OutboxWork, key: string): void {
  const operation = work.get(key)?.operation
  if (operation === undefined || !isSuspect(operation) || work.suspects.has(key)) return
  work.suspects = new Set([...work.suspects, key])
}

/** Whether an operation may be what ends the line. */
export function isSuspect({ cuts = 0, status }: Operation): boolean {
  return cuts >= FREE_CUTS && status.state === 'unconfirmed'
}

/** Whether something of its lane, on the line or not, comes before an operation. */
export function isBehind(work: OutboxWork, operation: Operation): boolean {
  const { flying, idle } = work.lane(laneOf(operation))
  return [flying.firstKey(), idle.firstKey()].some(
    (place) => place !== undefined && comparePlaces(place, operation) < 0,
  )
}
