import { MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import type { EditOperation, Operation, OperationDraft, OperationStatus } from './operation.ts'
import { localFailure, sizeFailure } from './operation-failure.ts'
import { change, dropMessage, reviveDependants } from './outbox-dependants.ts'
import { isSettled, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

type DraftOf<K extends OperationDraft['kind']> = Extract<OperationDraft, { kind: K }>

/**
 * Takes what the user did. What was never transmitted is changed in place: an edit becomes its body, a deletion takes
 * it out, opposite reactions cancel, read markers merge. What may have arrived is followed by a change of its own, in
 * order [O10]. The same key again does nothing.
 */
export function enqueue(work: OutboxWork, draft: OperationDraft): void {
  if (work.find(draft.key) !== null) return
  switch (draft.kind) {
    case 'send':
      append(work, draft)
      break
    case 'edit':
      enqueueEdit(work, draft)
      break
    case 'delete':
      enqueueDelete(work, draft)
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
  const lane = laneOf(draft)
  const { key } = draft.target
  if (isDeletionPending(work, lane, key)) {
    work.tell({ type: 'refuse', key: draft.key, failure: { code: 'gone' } })
    return
  }
  const send = indexOfSend(work, lane, key)
  const sent = work.lane(lane).entries[send]?.operation
  if (sent !== undefined && !sent.mayHaveArrived) {
    rewrite(work, lane, send, draft.body)
    dropEdits(work, lane, key)
    reviveDependants(work, lane, key)
    return
  }
  if (sent !== undefined) startOver(work, lane, send)
  const last = work
    .lane(lane)
    .entries.findLastIndex(({ operation: o }) => o.kind === 'edit' && o.target.key === key)
  const edit = work.lane(lane).entries[last]?.operation
  if (edit !== undefined && !edit.mayHaveArrived) {
    rewrite(work, lane, last, draft.body)
    return
  }
  if (edit !== undefined) startOver(work, lane, last)
  const follows = sent !== undefined || edit !== undefined
  append(work, follows ? { ...draft, baseVersion: null } : draft)
}

function enqueueDelete(work: OutboxWork, draft: DraftOf<'delete'>): void {
  const lane = laneOf(draft)
  const { key } = draft.target
  const pending = work
    .lane(lane)
    .entries.findIndex(({ operation: o }) => o.kind === 'delete' && o.target.key === key)
  if (pending >= 0) {
    startOver(work, lane, indexOfSend(work, lane, key))
    startOver(work, lane, pending)
    return
  }
  const send = indexOfSend(work, lane, key)
  const sent = work.lane(lane).entries[send]?.operation
  if (sent !== undefined && !sent.mayHaveArrived) {
    dropMessage(work, lane, key)
    return
  }
  // One more for a message that waits here itself is no way to fill the outbox.
  if (sent !== undefined) insert(work, draft)
  else if (!append(work, draft)) return
  dropPointlessChanges(work, lane, key)
  startOver(work, lane, indexOfSend(work, lane, key))
}

function enqueueReact(work: OutboxWork, draft: DraftOf<'react'>): void {
  const lane = laneOf(draft)
  if (isDeletionPending(work, lane, draft.target.key)) {
    work.tell({ type: 'refuse', key: draft.key, failure: { code: 'gone' } })
    return
  }
  const { entries } = work.lane(lane)
  const last = entries.findLastIndex(
    ({ operation: o }) =>
      o.kind === 'react' && o.target.key === draft.target.key && o.emoji === draft.emoji,
  )
  const pending = entries[last]?.operation
  if (pending?.kind !== 'react') append(work, draft)
  else if (pending.on === draft.on) startOver(work, lane, last)
  else if (pending.mayHaveArrived) append(work, draft)
  else work.remove(lane, last)
}

/** Read markers are at most two a conversation, so that a full outbox takes them too. */
function enqueueRead(work: OutboxWork, draft: DraftOf<'read'>): void {
  const lane = laneOf(draft)
  const last = work.lane(lane).entries.length - 1
  const pending = work.lane(lane).entries[last]?.operation
  if (pending?.kind !== 'read') {
    insert(work, draft)
    return
  }
  const seq = Math.max(pending.seq, draft.seq)
  if (!pending.mayHaveArrived) {
    if (seq !== pending.seq) change(work, lane, last, { ...pending, seq })
    startOver(work, lane, last)
    return
  }
  if (isSettled(pending)) work.remove(lane, last)
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
function rewrite(work: OutboxWork, lane: string, index: number, body: string): void {
  const operation = work.lane(lane).entries[index]?.operation
  if (operation?.kind !== 'send' && operation?.kind !== 'edit') return
  change(work, lane, index, rewritten(work, operation, body))
}

function rewritten<O extends Extract<Operation, { kind: 'send' }> | EditOperation>(
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
function startOver(work: OutboxWork, lane: string, index: number): void {
  const operation = work.lane(lane).entries[index]?.operation
  if (operation?.status.state !== 'failed') return
  work.feed(lane, index, { type: 'retry' })
  reviveDependants(work, lane, operation.key)
}

/** Takes out what a deletion makes pointless: changes of the message that are not on the line and were never. */
function dropPointlessChanges(work: OutboxWork, lane: string, key: string): void {
  for (let index = work.lane(lane).entries.length - 1; index >= 0; index -= 1) {
    const operation = work.lane(lane).entries[index]?.operation
    if (operation?.kind !== 'edit' && operation?.kind !== 'react') continue
    if (operation.target.key !== key) continue
    if (!operation.mayHaveArrived || isSettled(operation)) work.remove(lane, index)
  }
}

/** Takes out edits of a message that has their text, or a newer one, itself. */
function dropEdits(work: OutboxWork, lane: string, key: string): void {
  for (let index = work.lane(lane).entries.length - 1; index >= 0; index -= 1) {
    const operation = work.lane(lane).entries[index]?.operation
    if (operation?.kind === 'edit' && operation.target.key === key) work.remove(lane, index)
  }
}

function isDeletionPending(work: OutboxWork, lane: string, key: string): boolean {
  return work
    .lane(lane)
    .entries.some(
      ({ operation: o }) => o.kind === 'delete' && o.target.key === key && !isSettled(o),
    )
}

function indexOfSend(work: OutboxWork, lane: string, key: string): number {
  return work.lane(lane).entries.findIndex(({ operation: o }) => o.kind === 'send' && o.key === key)
}
