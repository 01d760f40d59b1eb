import { MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import type {
  DeleteOperation,
  EditOperation,
  Operation,
  OperationDraft,
  OperationStatus,
  SendOperation,
} from './operation.ts'
import { localFailure, sizeFailure } from './operation-failure.ts'
import { dropMessage, reviveDependants } from './outbox-dependants.ts'
import { holdMessage, holdOf } from './outbox-hold.ts'
import { isSettled, isThrownAway, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

type DraftOf<K extends OperationDraft['kind']> = Extract<OperationDraft, { kind: K }>

/**
 * Takes what the user did. What was never transmitted is changed in place: an edit becomes its body, a deletion takes
 * it out, opposite reactions cancel, read markers merge. What may have arrived is followed by a change of its own, in
 * order [O10]. The same key again does nothing.
 */
export function enqueue(work: OutboxWork, draft: OperationDraft, holdMs = 0): void {
  if (work.get(draft.key) !== null) return
  switch (draft.kind) {
    case 'send':
      append(work, draft)
      break
    case 'edit':
      enqueueEdit(work, draft)
      break
    case 'delete':
      enqueueDelete(work, draft, holdMs)
      break
    case 'react':
      enqueueReact(work, draft)
      break
    case 'read':
      enqueueRead(work, draft)
      break
  }
}

function enqueueEdit(work: OutboxWork, draft: DraftOf<'edit'>): void {
  const { key } = draft.target
  const about = operationsAbout(work, draft, key)
  if (isDeletionPending(about, draft.target.key)) {
    work.tell({ type: 'refuse', key: draft.key, failure: { code: 'gone' } })
    return
  }
  const sent = sendIn(about, key)
  if (sent !== undefined && !sent.mayHaveArrived) {
    rewrite(work, sent, draft.body)
    // They have an older text, and would be applied after it.
    for (const { kind, key: edit } of about) if (kind === 'edit') work.remove(edit)
    reviveDependants(work, laneOf(draft), key)
    return
  }
  if (sent !== undefined) startOver(work, sent)
  const edit = about.findLast((operation) => operation.kind === 'edit')
  if (edit?.kind === 'edit' && !edit.mayHaveArrived) {
    rewrite(work, edit, draft.body)
    return
  }
  if (edit !== undefined) startOver(work, edit)
  const follows = sent !== undefined || edit !== undefined
  append(work, follows ? { ...draft, baseVersion: null } : draft)
}

function enqueueDelete(work: OutboxWork, draft: DraftOf<'delete'>, holdMs: number): void {
  const { key } = draft.target
  const about = operationsAbout(work, draft, key)
  const sent = sendIn(about, key)
  const pending = about.find((operation) => operation.kind === 'delete')
  if (pending?.status.state === 'held' || sent?.status.state === 'held') return
  if (pending !== undefined) {
    const isAgain = isSettled(pending)
    startOver(work, pending)
    if (isAgain && holdMs > 0) hold(work, pending.key, holdMs)
    else if (sent !== undefined) startOver(work, sent)
    return
  }
  if (sent !== undefined && !sent.mayHaveArrived) {
    if (holdMs > 0) holdMessage(work, sent, holdOf(work, 'delete', key, holdMs))
    else dropMessage(work, laneOf(draft), key)
    return
  }
  // One more for a message that waits here itself is no way to fill the outbox.
  if (sent !== undefined) insert(work, draft)
  else if (!append(work, draft)) return
  if (holdMs > 0) hold(work, draft.key, holdMs)
  else makeRoom(work, about, sent)
}

/** Holds a deletion, so that it can be taken back for a while. */
function hold(work: OutboxWork, key: string, holdMs: number): void {
  work.feed(key, { type: 'hold', ...holdOf(work, 'delete', key, holdMs) })
}

/** A deletion goes: what it makes pointless goes with it, and its message is sent if it may have arrived. */
function makeRoom(
  work: OutboxWork,
  about: readonly Operation[],
  sent: SendOperation | undefined,
): void {
  dropPointlessChanges(work, about)
  if (sent !== undefined) startOver(work, sent)
}

/** The time to take a deletion back is over; a message that never arrived goes with it. */
export function releaseDeletion(work: OutboxWork, operation: DeleteOperation): void {
  const { key } = operation.target
  const about = operationsAbout(work, operation, key)
  const sent = sendIn(about, key)
  const isUnsent = sent !== undefined && !sent.mayHaveArrived
  if (isUnsent && operation.target.id === null) {
    dropMessage(work, laneOf(operation), key)
    return
  }
  // Lost by a restored server meanwhile, which may have it after all.
  if (isUnsent) work.remove(sent.key)
  work.feed(operation.key, { type: 'due' })
  makeRoom(work, about, isUnsent ? undefined : sent)
}

function enqueueReact(work: OutboxWork, draft: DraftOf<'react'>): void {
  const about = operationsAbout(work, draft, draft.target.key)
  if (isDeletionPending(about, draft.target.key)) {
    work.tell({ type: 'refuse', key: draft.key, failure: { code: 'gone' } })
    return
  }
  const pending = about.findLast((o) => o.kind === 'react' && o.emoji === draft.emoji)
  if (pending?.kind !== 'react') append(work, draft)
  else if (pending.on === draft.on) startOver(work, pending)
  else if (isSettled(pending)) {
    // Tried again later it would undo this one.
    const { mayHaveArrived } = pending
    work.remove(pending.key)
    if (mayHaveArrived) append(work, draft)
  } else if (pending.mayHaveArrived) append(work, draft)
  else work.remove(pending.key)
}

/** Read markers are at most two a conversation, so that a full outbox takes them too. */
function enqueueRead(work: OutboxWork, draft: DraftOf<'read'>): void {
  const pending = work.last(work.lane(laneOf(draft)).all)?.operation
  if (pending?.kind !== 'read') {
    insert(work, draft)
    return
  }
  const seq = Math.max(pending.seq, draft.seq)
  if (!pending.mayHaveArrived) {
    if (seq !== pending.seq) work.change({ ...pending, seq })
    startOver(work, pending)
    return
  }
  if (isSettled(pending)) work.remove(pending.key)
  if (isSettled(pending) || seq > pending.seq) insert(work, { ...draft, seq })
}

/** Puts an operation at the end of its lane; false (and told so) when the outbox is full [O12]. */
function append(work: OutboxWork, draft: OperationDraft): boolean {
  if (work.size + work.unreadable.length >= MAX_OUTBOX_OPERATIONS) {
    work.tell({ type: 'refuse', key: draft.key, failure: localFailure('outbox_full') })
    return false
  }
  insert(work, draft)
  return true
}

function insert(work: OutboxWork, draft: OperationDraft): void {
  const tooLarge = 'body' in draft ? sizeFailure(draft.body, work.maxBodyBytes) : null
  const status: OperationStatus =
    tooLarge === null ? { state: 'queued' } : { state: 'failed', failure: tooLarge }
  const ordinal = work.takeOrdinal()
  work.insert({ ...draft, ordinal, attempts: 0, mayHaveArrived: false, status })
}

/** Gives a send or an edit that was never transmitted another body; one that had failed is tried again with it. */
function rewrite(work: OutboxWork, operation: SendOperation | EditOperation, body: string): void {
  work.change(rewritten(work, operation, body))
}

function rewritten<O extends SendOperation | EditOperation>(
  work: OutboxWork,
  operation: O,
  body: string,
): O {
  const { status } = operation
  if (status.state === 'conflict') return { ...operation, body, status: { ...status, mine: body } }
  const failure = sizeFailure(body, work.maxBodyBytes)
  if (failure !== null) return { ...operation, body, status: { state: 'failed', failure } }
  if (status.state !== 'failed') return { ...operation, body }
  return { ...operation, body, attempts: 0, status: { state: 'queued' } }
}

/** Tries one that failed again; leaves any other as it is. */
function startOver(work: OutboxWork, operation: Operation): void {
  if (operation.status.state !== 'failed') return
  work.feed(operation.key, { type: 'retry' })
  reviveDependants(work, laneOf(operation), operation.key)
}

/** Takes out what a deletion makes pointless: changes of the message that are not on the line and were never. */
function dropPointlessChanges(work: OutboxWork, about: readonly Operation[]): void {
  for (const operation of about) {
    if (operation.kind !== 'edit' && operation.kind !== 'react') continue
    if (!operation.mayHaveArrived || isSettled(operation)) work.remove(operation.key)
  }
}

function operationsAbout(
  work: OutboxWork,
  draft: Pick<OperationDraft, 'kind' | 'conversation'>,
  message: string,
): Operation[] {
  return work.about(laneOf(draft), message).map((entry) => entry.operation)
}

function sendIn(about: readonly Operation[], key: string): SendOperation | undefined {
  return about.find((o): o is SendOperation => o.kind === 'send' && o.key === key)
}

function isDeletionPending(about: readonly Operation[], key: string): boolean {
  return about.some(
    (operation) =>
      (operation.kind === 'delete' && !isSettled(operation) && !isThrownAway(operation)) ||
      (operation.kind === 'send' && isThrownAway(operation) && operation.key === key),
  )
}
