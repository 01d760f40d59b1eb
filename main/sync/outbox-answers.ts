import { Message } from '../../protocol/model/message.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { TooLargeDetails } from '../../protocol/wire/error.ts'
import { classifyFailure, type Failure } from '../../protocol/wire/failure.ts'
import type { EditOperation, Operation, OperationKind } from './operation.ts'
import { type OperationFailure, operationFailure, sizeFailure } from './operation-failure.ts'
import type { OperationInput } from './operation-transitions.ts'
import {
  change,
  dropMessage,
  isDeleted,
  resolveBaseVersion,
  resolveTargets,
} from './outbox-dependants.ts'
import type { ConfirmedResult, OutboxInput } from './outbox-protocol.ts'
import { MAX_WINDOW } from './outbox-pump.ts'
import { isInFlight, isSettled } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import type { Outcome } from './transport.ts'

type InputOf<T extends OutboxInput['type']> = Extract<OutboxInput, { type: T }>

/**
 * Takes how a transmission ended. That the server has it counts whenever it is heard; any other answer only while it
 * is the transmission in flight, since a later one may have decided otherwise.
 */
export function takeOutcome(work: OutboxWork, input: InputOf<'outcome'>): void {
  const found = work.find(input.key)
  if (found === null) return
  const { lane, index, entry } = found
  const { outcome } = input
  if (outcome.ok) {
    const result = resultOf(entry.operation, outcome)
    if (result !== null) confirmEntry(work, lane, index, result)
    return
  }
  if (entry.flight?.transmission !== input.transmission) return
  takeFailure(work, lane, index, outcome.failure)
}

/** Takes an own message that was seen in a stream: it confirms its send [O11]. */
export function takeObserved(work: OutboxWork, message: Message): void {
  if (message.key === undefined) return
  const { entries } = work.lane(message.conversation)
  const index = entries.findIndex(({ operation }) => operation.key === message.key)
  if (entries[index]?.operation.kind !== 'send') return
  confirmEntry(work, message.conversation, index, { kind: 'send', message })
}

/** An operation that is not answered in time, or whose line is gone; then nothing behind it is waited for either. */
export function takeSilence(work: OutboxWork, lane: string, failure: Failure): void {
  const index = work.lane(lane).entries.findIndex(isInFlight)
  if (index < 0) return
  takeRetryable(work, lane, index, operationFailure(failure))
  cutLane(work, lane)
}

/** The line is gone: whatever was on it ends the same way. */
export function takeLineLost(work: OutboxWork, failure: Failure): void {
  for (const lane of work.laneIds()) {
    if (work.lane(lane).inFlight === 0) continue
    work.lane(lane).entries.forEach((entry, index) => {
      if (isInFlight(entry)) takeFailure(work, lane, index, failure)
    })
  }
}

/** Everything of a lane that is on the line may or may not have arrived [O11]. */
export function cutLane(work: OutboxWork, lane: string): void {
  if (work.lane(lane).inFlight === 0) return
  work.lane(lane).entries.forEach((_, index) => {
    work.feed(lane, index, { type: 'cut' })
  })
  work.setWindow(lane, 1)
}

function takeFailure(work: OutboxWork, lane: string, index: number, failure: Failure): void {
  const entry = work.lane(lane).entries[index]
  if (entry === undefined) return
  work.setWindow(lane, 1)
  if (failure.kind === 'network' || failure.kind === 'closed') {
    takeClosed(work, lane, index, failure)
    return
  }
  if (failure.kind === 'timeout') {
    takeRetryable(work, lane, index, operationFailure(failure))
    return
  }
  switch (classifyFailure(failure)) {
    case 'auth':
      signOut(work)
      work.tell({ type: 'sign-out' })
      return
    case 'permanent':
      takeRefusal(work, lane, index, failure)
      return
    case 'retryable':
      takeRetryable(work, lane, index, operationFailure(failure))
  }
}

/** The server refuses the token: everything is parked, and no attempt is used [O8]. */
export function signOut(work: OutboxWork): void {
  if (work.link.status === 'signed-out') return
  work.link = { status: 'signed-out' }
  for (const lane of work.laneIds()) {
    cutLane(work, lane)
    parkLane(work, lane)
  }
}

/** Parks whatever of a lane would otherwise be tried. */
export function parkLane(work: OutboxWork, lane: string): void {
  work.lane(lane).entries.forEach((_, index) => {
    work.feed(lane, index, { type: 'signed-out' })
  })
}

/**
 * The line closed with this on it. After a cut it may have arrived. When the server closed it for a frame that it will
 * never take, and this was the only one, it was this one; else all that were on the line are suspects, to be asked
 * one at a time [O6].
 */
function takeClosed(work: OutboxWork, lane: string, index: number, failure: Failure): void {
  const key = work.lane(lane).entries[index]?.operation.key
  if (key === undefined) return
  if (classifyFailure(failure) !== 'permanent') {
    work.feed(lane, index, { type: 'cut' })
    return
  }
  const isSole = work.suspects.size === 0 || work.suspects.has(key)
  if (isSole && work.inFlight() === 1) {
    const code =
      failure.kind === 'closed' && failure.closeCode === CloseCode.frameTooLarge
        ? 'too_large'
        : 'invalid'
    ruleOut(work, lane, index, { type: 'refused', failure: { code }, applied: false })
    return
  }
  work.suspects = new Set([...work.suspects, key])
  work.feed(lane, index, { type: 'cut' })
}

/**
 * A retryable end. It is an attempt of the first operation of its lane; of one behind it, it only says that the first
 * did not get through, so it goes back to its place and is not counted.
 */
function takeRetryable(
  work: OutboxWork,
  lane: string,
  index: number,
  failure: OperationFailure,
): void {
  const entry = work.lane(lane).entries[index]
  if (entry === undefined) return
  ruleOut(work, lane, index, inputForRetryable(work, lane, index, failure))
}

function inputForRetryable(
  work: OutboxWork,
  lane: string,
  index: number,
  failure: OperationFailure,
): OperationInput {
  const { entries } = work.lane(lane)
  const flight = entries[index]?.flight
  const isOutOfOrder = failure.code === 'out_of_order'
  const isBehind = entries.slice(0, index).some(({ operation }) => !isSettled(operation))
  if (isBehind || (isOutOfOrder && flight?.isPipelined === true)) {
    const isUnseen = isOutOfOrder || failure.code === 'rate_limited'
    return { type: isUnseen && flight?.isFirst === true ? 'taken-back' : 'cut' }
  }
  return { type: 'attempt-failed', failure, wallMs: work.now.wallMs }
}

function takeRefusal(
  work: OutboxWork,
  lane: string,
  index: number,
  failure: Extract<Failure, { kind: 'answered' }>,
): void {
  const { operation } = work.lane(lane).entries[index] ?? {}
  const { code, details } = failure.error
  if (operation?.kind === 'edit' && code === 'conflict') {
    const current = currentMessage(details)
    if (current !== null) {
      takeConflict(work, lane, operation, current)
      return
    }
  }
  // The same key with other content was taken before: what arrived then stays.
  const applied = code === 'key_reused'
  ruleOut(work, lane, index, { type: 'refused', failure: refusalOf(failure, operation), applied })
}

/** Why it was refused; a body that is too large with its size, as told for one that is found too large here. */
function refusalOf(
  failure: Extract<Failure, { kind: 'answered' }>,
  operation: Operation | undefined,
): OperationFailure {
  const told = operationFailure(failure)
  if (told.code !== 'too_large' || operation === undefined || !('body' in operation)) return told
  const limits = TooLargeDetails.safeParse(failure.error.details)
  return limits.success ? (sizeFailure(operation.body, limits.data.maxBytes) ?? told) : told
}

/**
 * An end that may prove that nothing arrived. Then a message that the user has deleted meanwhile is as wanted: it goes,
 * and is never sent [O10].
 */
function ruleOut(work: OutboxWork, lane: string, index: number, input: OperationInput): void {
  work.feed(lane, index, input)
  const { operation } = work.lane(lane).entries[index] ?? {}
  if (operation?.kind !== 'send' || operation.mayHaveArrived) return
  if (isDeleted(work, lane, operation.key)) dropMessage(work, lane, operation.key)
}

/** An edit on an older version: the user decides, unless both texts are the same. Later edits of it are one with it. */
function takeConflict(
  work: OutboxWork,
  lane: string,
  edit: EditOperation,
  current: Message & { body: string },
): void {
  work.tell({ type: 'learn', message: current })
  const body = absorbLaterEdits(work, lane, edit)
  const index = work.lane(lane).entries.findIndex(({ operation }) => operation.key === edit.key)
  if (body === current.body) {
    work.remove(lane, index)
    return
  }
  const { operation } = work.lane(lane).entries[index] ?? {}
  if (operation?.kind === 'edit') change(work, lane, index, { ...operation, body })
  const { body: theirs, version: theirVersion } = current
  work.feed(lane, index, { type: 'conflicted', theirs, theirVersion })
}

function absorbLaterEdits(work: OutboxWork, lane: string, edit: EditOperation): string {
  let { body } = edit
  for (let index = 0; index < work.lane(lane).entries.length; index += 1) {
    const { operation } = work.lane(lane).entries[index] ?? {}
    if (operation?.kind !== 'edit' || operation.ordinal <= edit.ordinal) continue
    if (operation.target.key !== edit.target.key || operation.mayHaveArrived) continue
    body = operation.body
    work.remove(lane, index)
    index -= 1
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
function confirmEntry(
  work: OutboxWork,
  lane: string,
  index: number,
  result: ConfirmedResult,
): void {
  const entry = work.lane(lane).entries[index]
  if (entry === undefined) return
  const { operation } = entry
  if (isInFlight(entry)) {
    work.setWindow(lane, Math.min(work.lane(lane).window + 1, MAX_WINDOW))
  }
  work.confirm(lane, index, result)
  if (result.kind === 'send') resolveTargets(work, lane, operation.key, result.message)
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
