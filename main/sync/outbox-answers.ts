import { Message } from '../../protocol/model/message.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { MissingDetails, TooLargeDetails } from '../../protocol/wire/error.ts'
import { classifyFailure, type Failure } from '../../protocol/wire/failure.ts'
import type { EditOperation, Operation, OperationKind } from './operation.ts'
import {
  localFailure,
  type OperationFailure,
  operationFailure,
  sizeFailure,
} from './operation-failure.ts'
import type { OperationInput } from './operation-transitions.ts'
import { isBehind, takeCut } from './outbox-cuts.ts'
import {
  dropMessage,
  dropOvertaken,
  isDeleted,
  resolveBaseVersion,
  resolveTargets,
} from './outbox-dependants.ts'
import { holdMessage } from './outbox-hold.ts'
import { isOurs, keepOtherText } from './outbox-lost.ts'
import type { ConfirmedResult, OutboxInput } from './outbox-protocol.ts'
import { MAX_WINDOW } from './outbox-pump.ts'
import { comparePlaces, type Entry, isHeldDeletion, isInFlight, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import type { Outcome } from './transport.ts'

type InputOf<T extends OutboxInput['type']> = Extract<OutboxInput, { type: T }>

/**
 * Takes how a transmission ended. That the server has it counts whenever it is heard; any other answer only while it
 * is the transmission in flight, since a later one may have decided otherwise.
 */
export function takeOutcome(work: OutboxWork, input: InputOf<'outcome'>): void {
  const entry = work.get(input.key)
  if (entry === null) return
  const { outcome } = input
  if (outcome.ok) {
    const result = resultOf(entry.operation, outcome)
    if (result !== null) confirmEntry(work, entry, result)
    return
  }
  if (entry.flight?.transmission === input.transmission) takeFailure(work, entry, outcome.failure)
}

/** Takes an own message that was seen in a stream: it confirms its send [O11]. */
export function takeObserved(work: OutboxWork, { message, newKey }: InputOf<'observed'>): void {
  const entry = message.key === undefined ? null : work.get(message.key)
  if (entry?.operation.kind !== 'send') return
  if (entry.operation.conversation !== message.conversation) return
  if (message.body === undefined && !isOurs(entry.operation)) {
    // Another copy of this profile sent another text under this key, and deleted it: this one was never there [O9].
    work.feed(entry.operation.key, { type: 'orphaned', failure: { code: 'gone' } })
    return
  }
  confirmEntry(work, entry, { kind: 'send', message })
  keepOtherText(work, entry.operation, message, newKey)
}

/** An operation that is not answered in time, or whose line is gone; then nothing behind it is waited for either. */
export function takeSilence(work: OutboxWork, lane: string, failure: Failure): void {
  const oldest = work.first(work.lane(lane).flying)
  if (oldest === null) return
  takeRetryable(work, oldest, operationFailure(failure))
  cutLane(work, lane)
}

/** The line is gone: whatever was on it ends the same way. */
export function takeLineLost(work: OutboxWork, failure: Failure): void {
  for (const lane of work.laneIds()) {
    for (const entry of work.list(work.lane(lane).flying)) takeFailure(work, entry, failure)
  }
}

/** Everything of a lane that is on the line may or may not have arrived [O11]. */
function cutLane(work: OutboxWork, lane: string): void {
  const { flying } = work.lane(lane)
  if (flying.size === 0) return
  for (const { operation } of work.list(flying)) work.feed(operation.key, { type: 'cut' })
  work.setWindow(lane, 1)
}

function takeFailure(work: OutboxWork, entry: Entry, failure: Failure): void {
  work.setWindow(laneOf(entry.operation), 1)
  if (failure.kind === 'network' || failure.kind === 'closed') {
    takeClosed(work, entry.operation.key, failure)
    return
  }
  if (failure.kind === 'timeout') {
    takeRetryable(work, entry, operationFailure(failure))
    return
  }
  switch (classifyFailure(failure)) {
    case 'auth':
      signOut(work)
      work.tell({ type: 'sign-out' })
      return
    case 'permanent':
      takeRefusal(work, entry.operation, failure)
      return
    case 'retryable':
      takeRetryable(work, entry, operationFailure(failure))
  }
}

/** The server refuses the token: nothing is sent any more, and no attempt is used [O8]. */
export function signOut(work: OutboxWork): void {
  if (work.link.status === 'signed-out') return
  work.link = { status: 'signed-out' }
  for (const lane of work.laneIds()) cutLane(work, lane)
}

/**
 * The line closed with this on it. After a cut it may have arrived. When the server closed it for a frame that it will
 * never take, and this was the only one, it was this one; else all that were on the line are suspects, to be asked
 * one at a time [O6].
 */
function takeClosed(work: OutboxWork, key: string, failure: Failure): void {
  // That the server needs a newer client says nothing of what was on the line.
  const isOutdated = failure.kind === 'closed' && failure.closeCode === CloseCode.clientTooOld
  if (isOutdated || classifyFailure(failure) !== 'permanent') {
    takeCut(work, key, isOutdated ? null : failure)
    return
  }
  const isSole = work.suspects.size === 0 || work.suspects.has(key)
  if (isSole && work.inFlight() === 1) {
    const isTooLarge = failure.kind === 'closed' && failure.closeCode === CloseCode.frameTooLarge
    const code = isTooLarge ? 'too_large' : 'invalid'
    // A frame that is too large is not read. Any other may have been taken before the one that was objected to.
    const applied = !isTooLarge || work.get(key)?.flight?.isFirst !== true
    ruleOut(work, key, { type: 'refused', failure: { code }, applied })
    return
  }
  work.suspects = new Set([...work.suspects, key])
  work.feed(key, { type: 'cut' })
}

/**
 * A retryable end. It is an attempt of the first operation of its lane; of one behind it, it only says that the first
 * did not get through, so it goes back to its place and is not counted.
 */
function takeRetryable(work: OutboxWork, entry: Entry, failure: OperationFailure): void {
  ruleOut(work, entry.operation.key, inputForRetryable(work, entry, failure))
}

function inputForRetryable(
  work: OutboxWork,
  { operation, flight }: Entry,
  failure: OperationFailure,
): OperationInput {
  const isOutOfOrder = failure.code === 'out_of_order'
  if (isBehind(work, operation) || (isOutOfOrder && flight?.isPipelined === true)) {
    const isUnseen = isOutOfOrder || failure.code === 'rate_limited'
    return { type: isUnseen && flight?.isFirst === true ? 'taken-back' : 'cut' }
  }
  return { type: 'attempt-failed', failure, wallMs: work.now.wallMs }
}

function takeRefusal(
  work: OutboxWork,
  operation: Operation,
  failure: Extract<Failure, { kind: 'answered' }>,
): void {
  const { code, details } = failure.error
  if (operation.kind === 'edit' && code === 'conflict') {
    const current = currentMessage(details)
    if (current !== null) {
      takeConflict(work, operation, current)
      return
    }
  }
  if (operation.kind === 'delete' && code === 'not_found') {
    // There is nothing to delete: what the user wanted is so.
    work.remove(operation.key)
    return
  }
  // The same key with other content was taken before: what arrived then stays.
  const applied = code === 'key_reused'
  ruleOut(work, operation.key, {
    type: 'refused',
    failure: refusalOf(failure, operation),
    applied,
  })
}

/**
 * Why it was refused; a body that is too large with its size, as told for one that is found too large here, and a
 * quote that is gone as what it is: the message itself can still be sent.
 */
function refusalOf(
  failure: Extract<Failure, { kind: 'answered' }>,
  operation: Operation,
): OperationFailure {
  const told = operationFailure(failure)
  if (told.code === 'not_found' && MissingDetails.safeParse(failure.error.details).success) {
    return localFailure('quote_not_found')
  }
  if (told.code !== 'too_large' || !('body' in operation)) return told
  const limits = TooLargeDetails.safeParse(failure.error.details)
  return limits.success ? (sizeFailure(operation.body, limits.data.maxBytes) ?? told) : told
}

/**
 * An end that may prove that nothing arrived. Then a message that the user has deleted meanwhile is as wanted: it goes,
 * and is never sent [O10].
 */
function ruleOut(work: OutboxWork, key: string, input: OperationInput): void {
  work.feed(key, input)
  const { operation } = work.get(key) ?? {}
  if (operation?.kind !== 'send' || operation.mayHaveArrived) return
  const lane = laneOf(operation)
  const deletion = work.about(lane, key).find((entry) => isHeldDeletion(entry.operation))?.operation
  if (deletion?.status.state === 'held') {
    const { at, delayMs } = deletion.status
    work.remove(deletion.key)
    holdMessage(work, operation, { what: 'delete', by: key, at, delayMs })
  } else if (isDeleted(work, lane, key)) dropMessage(work, lane, key)
}

/** An edit on an older version: the user decides, unless both texts are the same. Later edits of it are one with it. */
function takeConflict(
  work: OutboxWork,
  edit: EditOperation,
  current: Message & { body: string },
): void {
  work.tell({ type: 'learn', message: current })
  const body = absorbLaterEdits(work, edit)
  const { body: theirs, version: theirVersion } = current
  if (body === theirs) {
    work.remove(edit.key)
    return
  }
  work.change({ ...edit, body })
  work.feed(edit.key, { type: 'conflicted', theirs, theirVersion })
}

function absorbLaterEdits(work: OutboxWork, edit: EditOperation): string {
  let { body } = edit
  for (const { operation } of work.about(laneOf(edit), edit.target.key)) {
    if (operation.kind !== 'edit' || comparePlaces(operation, edit) <= 0) continue
    if (operation.mayHaveArrived) continue
    body = operation.body
    work.remove(operation.key)
  }
  return body
}

function currentMessage(details: unknown): (Message & { body: string }) | null {
  const current =
    typeof details === 'object' && details !== null && 'current' in details ? details.current : null
  const parsed = Message.safeParse(current)
  if (!parsed.success || parsed.data.body === undefined) return null
  return { ...parsed.data, body: parsed.data.body }
}

/** The server has it: it leaves, and what depended on its answer has it now. */
function confirmEntry(work: OutboxWork, entry: Entry, result: ConfirmedResult): void {
  const { operation } = entry
  const lane = laneOf(operation)
  if (isInFlight(entry)) {
    work.setWindow(lane, Math.min(work.lane(lane).window + 1, MAX_WINDOW))
  }
  work.confirm(operation.key, result)
  if (result.kind === 'send') resolveTargets(work, lane, operation.key, result.message)
  if (operation.kind === 'react') dropOvertaken(work, operation)
  if (result.kind === 'edit' && operation.kind === 'edit') {
    resolveBaseVersion(work, lane, operation.target.key, result.version)
  }
}

function resultOf(
  operation: Operation,
  outcome: Extract<Outcome<OperationKind>, { ok: true }>,
): ConfirmedResult | null {
  switch (operation.kind) {
    case 'send':
      return outcome.op === 'send' ? { kind: 'send', message: outcome.reply.message } : null
    case 'edit':
      return outcome.op === 'edit' && operation.target.id !== null
        ? { kind: 'edit', message: operation.target.id, version: outcome.reply.version }
        : null
    case 'delete':
      return outcome.op === 'delete' && operation.target.id !== null
        ? { kind: 'delete', message: operation.target.id }
        : null
    case 'react':
      return outcome.op === 'react' && operation.target.id !== null
        ? { kind: 'react', message: operation.target.id, seq: outcome.reply.seq }
        : null
    case 'read':
      return outcome.op === 'read' ? { kind: 'read' } : null
  }
}
