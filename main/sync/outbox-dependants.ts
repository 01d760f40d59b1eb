import type { LocalFailure } from '../../protocol/ipc/views.ts'
import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { ErrorCode } from '../../protocol/wire/error.ts'
import type { EditOperation, Operation, ReactOperation } from './operation.ts'
import { targetOf } from './operation-request.ts'
import { comparePlaces, laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

/** What becomes of operations that need the message of another one, which is confirmed, revived or gone. */

/** The message of a send exists: what waited for its id has it now, and what had failed for the lack of it goes on. */
export function resolveTargets(
  work: OutboxWork,
  lane: string,
  key: string,
  message: { id: Id; version: number },
): void {
  let firstEdit = true
  for (const { operation } of work.about(lane, key)) {
    const target = targetOf(operation)
    if (target?.key !== key || target.id !== null) continue
    const baseVersion = firstEdit ? message.version : null
    if (operation.kind === 'edit') firstEdit = false
    work.change(withTarget(operation, message.id, baseVersion))
    if (lacksDependency(operation)) work.feed(operation.key, { type: 'retry' })
  }
}

/**
 * A message that the server no longer has: what is to change it waits for the one that its send will make. What may
 * have arrived is never asked again with another target under its key [O2]: an edit's text becomes the message's own, a
 * reaction or deletion goes on under a key of its own, a message that quotes this one is asked again as it was. What
 * the user can still take back stays as it is.
 */
export function forgetTarget(
  work: OutboxWork,
  lane: string,
  { key, body, newKey }: { key: string; body: string; newKey: () => IdempotencyKey },
): { body: string } {
  let text = body
  for (const { operation, flight } of work.about(lane, key)) {
    const isHeld = operation.status.state === 'held'
    if (flight !== null || isHeld || targetOf(operation)?.key !== key) continue
    if (!operation.mayHaveArrived) {
      const forgotten = withTarget(operation, null, null)
      const isEdit = forgotten.kind === 'edit'
      work.change(isEdit ? { ...forgotten, baseVersion: null } : forgotten)
    } else if (operation.kind === 'edit') {
      text = operation.body
      work.remove(operation.key)
    } else if (operation.kind !== 'send') {
      work.remove(operation.key)
      work.insert(asNew(withTarget(operation, null, null), newKey()))
    }
  }
  return { body: text }
}

/** An operation as if it had never been transmitted, in its place; one that failed still waits for the user. */
function asNew({ cuts: _, ...operation }: Operation, key: IdempotencyKey): Operation {
  const { status } = operation
  return {
    ...operation,
    key,
    attempts: 0,
    mayHaveArrived: false,
    status: status.state === 'failed' ? status : { state: 'queued' },
  }
}

/** An edit was applied: the next one of the same message is based on the version it made. */
export function resolveBaseVersion(
  work: OutboxWork,
  lane: string,
  key: string,
  version: number,
): void {
  for (const { operation } of work.about(lane, key)) {
    if (operation.kind !== 'edit' || operation.baseVersion !== null) continue
    work.change({ ...operation, baseVersion: version })
    return
  }
}

/** An edit that goes leaves the version it is based on to the next one of the same message. */
export function bequeathBase(work: OutboxWork, edit: EditOperation): void {
  const { baseVersion, target } = edit
  if (baseVersion !== null) resolveBaseVersion(work, laneOf(edit), target.key, baseVersion)
}

/** Whether the user wants a message deleted, whatever became of that so far. */
export function isDeleted(work: OutboxWork, lane: string, key: string): boolean {
  return work.about(lane, key).some(({ operation }) => operation.kind === 'delete')
}

/** A reaction was applied: an older one with the same emoji that comes after it would undo it [O3]. */
export function dropOvertaken(work: OutboxWork, applied: ReactOperation): void {
  for (const { operation, flight } of work.about(laneOf(applied), applied.target.key)) {
    const isSame = operation.kind === 'react' && operation.emoji === applied.emoji
    if (isSame && flight === null && comparePlaces(operation, applied) < 0) {
      work.remove(operation.key)
    }
  }
}

/** What failed because this message's send had failed goes on with it. */
export function reviveDependants(work: OutboxWork, lane: string, key: string): void {
  for (const { operation } of work.about(lane, key)) {
    if (targetOf(operation)?.key === key && lacksDependency(operation)) {
      work.feed(operation.key, { type: 'retry' })
    }
  }
}

/** Whether an operation failed only because what it depends on did. */
export function lacksDependency(operation: Operation): boolean {
  return hasFailedFor(operation, 'depends_on_failed')
}

/** Whether this is why an operation failed. */
export function hasFailedFor({ status }: Operation, code: LocalFailure | ErrorCode): boolean {
  return status.state === 'failed' && status.failure.code === code
}

/**
 * A message that will never be sent: changes of it go with it, and replies to it lose their quote, for they are
 * messages of their own. One that may have arrived with it is asked again as it was [O2].
 */
export function dropMessage(work: OutboxWork, lane: string, key: string): void {
  for (const { operation } of work.about(lane, key)) {
    if (operation.kind !== 'send' || operation.key === key) work.remove(operation.key)
    else if (!operation.mayHaveArrived) {
      work.change({ ...operation, replyTo: null })
      if (lacksDependency(operation)) work.feed(operation.key, { type: 'retry' })
    }
  }
}

function withTarget(operation: Operation, id: Id | null, baseVersion: number | null): Operation {
  switch (operation.kind) {
    case 'send':
      return operation.replyTo === null
        ? operation
        : { ...operation, replyTo: { ...operation.replyTo, id } }
    case 'edit':
      return {
        ...operation,
        target: { ...operation.target, id },
        baseVersion: operation.baseVersion ?? baseVersion,
      }
    case 'delete':
    case 'react':
      return { ...operation, target: { ...operation.target, id } }
    case 'read':
      return operation
  }
}
