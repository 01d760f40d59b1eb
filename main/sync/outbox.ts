import { classifyFailure, type Failure } from '../../protocol/wire/failure.ts'
import type { Now } from './clock.ts'
import { signOut, takeLineLost, takeObserved, takeOutcome, takeSilence } from './outbox-answers.ts'
import { discard, resolveConflict, retry, retryAll } from './outbox-commands.ts'
import { suspectAgain } from './outbox-cuts.ts'
import { enqueue } from './outbox-enqueue.ts'
import { loadOutbox } from './outbox-load.ts'
import { compareLostEdits, takeLost } from './outbox-lost.ts'
import type { OutboxEffect, OutboxInput } from './outbox-protocol.ts'
import { pump } from './outbox-pump.ts'
import { comparePlaces, laneOf, type OutboxState } from './outbox-state.ts'
import { releaseHeld, undo } from './outbox-undo.ts'
import { releaseUnreadable, undoUnreadable } from './outbox-unreadable.ts'
import { OutboxWork } from './outbox-work.ts'

/**
 * The outbox as a state machine: state and input make the next state and the effects. Time is passed in, keys come
 * with the inputs, nothing is read from outside, nothing throws. The state given is left as it was.
 */
export function stepOutbox(
  state: OutboxState,
  input: OutboxInput,
  now: Now,
): { state: OutboxState; effects: OutboxEffect[] } {
  if (input.type === 'load') return { state: loadOutbox(state, input, now), effects: [] }
  const work = new OutboxWork(state, now)
  take(work, input)
  clearSuspects(work)
  // The line itself changed: every lane may have something to send.
  if (input.type === 'online' || state.suspects.size > 0) work.hungry = work.allHungry()
  pump(work, suspectLanes(work), work.touchedLanes())
  return work.finish()
}

function take(work: OutboxWork, input: Exclude<OutboxInput, { type: 'load' }>): void {
  switch (input.type) {
    case 'enqueue':
      enqueue(work, input.draft, input.holdMs ?? 0)
      break
    case 'retry':
      retry(work, input.key)
      break
    case 'retry-all':
      retryAll(work)
      break
    case 'discard':
      discard(work, input)
      break
    case 'undo':
      undo(work, input.key)
      undoUnreadable(work, input.key)
      break
    case 'resolve':
      resolveConflict(work, input)
      break
    case 'lost':
      takeLost(work, input.lost)
      break
    case 'online':
      goOnline(work, input.ordered, input.maxBodyBytes)
      break
    case 'offline':
      goOffline(work, input.closeCode)
      break
    case 'signed-out':
      signOut(work)
      break
    case 'signed-in':
      signIn(work)
      break
    case 'outcome':
      takeOutcome(work, input)
      break
    case 'observed':
      takeObserved(work, input)
      compareLostEdits(work, input.message)
      break
    case 'tick':
      tick(work)
      break
  }
}

function goOnline(work: OutboxWork, ordered: boolean, maxBodyBytes: number): void {
  signIn(work)
  work.link = { status: 'online', ordered }
  work.maxBodyBytes = maxBodyBytes
}

function goOffline(work: OutboxWork, closeCode: number | null): void {
  const failure: Failure =
    closeCode === null ? { kind: 'network', reason: 'cut' } : { kind: 'closed', closeCode }
  takeLineLost(work, failure)
  if (classifyFailure(failure) === 'auth') {
    signOut(work)
    work.tell({ type: 'sign-out' })
  }
  if (work.link.status === 'online') work.link = { status: 'offline' }
}

function signIn(work: OutboxWork): void {
  if (work.link.status === 'signed-out') work.link = { status: 'offline' }
}

function tick(work: OutboxWork): void {
  const { monotonicMs } = work.now
  for (const lane of work.dueLanes()) {
    const { answerBy } = work.lane(lane)
    if (answerBy !== null && answerBy <= monotonicMs) takeSilence(work, lane, { kind: 'timeout' })
    takeDue(work, lane)
    releaseHeld(work, lane)
  }
  releaseUnreadable(work)
}

/** What is still out behind a due one is asked again after it: its answers can no longer be told apart from order. */
function takeDue(work: OutboxWork, lane: string): void {
  const { waiting, flying } = work.lane(lane)
  const due = work
    .list(waiting)
    .filter(({ operation }) => operation.status.state === 'waiting')
    .filter(({ dueAt }) => dueAt !== null && dueAt <= work.now.monotonicMs)
    .map((entry) => entry.operation)
  const [first] = due
  if (first === undefined) return
  for (const { operation } of work.list(flying)) {
    if (comparePlaces(operation, first) > 0) work.feed(operation.key, { type: 'cut' })
  }
  for (const { key } of due) {
    work.feed(key, { type: 'due' })
    suspectAgain(work, key)
  }
}

/** One that was answered, or is gone, is no longer a suspect. */
function clearSuspects(work: OutboxWork): void {
  if (work.suspects.size === 0) return
  const left = [...work.suspects].filter((key) => {
    const state = work.get(key)?.operation.status.state
    return state === 'sending' || state === 'unconfirmed'
  })
  if (left.length !== work.suspects.size) work.suspects = new Set(left)
}

/** Lanes of those that go alone: asked first, so that the others soon need not go one at a time any more. */
function suspectLanes(work: OutboxWork): Set<string> {
  const lanes = [...work.suspects].flatMap((key) => {
    const operation = work.get(key)?.operation
    return operation === undefined ? [] : [laneOf(operation)]
  })
  return new Set(lanes)
}
