import type { Id } from '../../protocol/model/primitives.ts'
import type { EditOperation, Operation } from './operation.ts'
import { targetOf } from './operation-request.ts'
import type { OutboxWork } from './outbox-work.ts'

/** What becomes of operations that need the message of another one, which is confirmed, revived or gone. */

/** The message of a send exists: what waited for its id has it now, and what had failed for the lack of it goes on. */
export function resolveTargets(
  work: OutboxWork,
  lane: string,
  key: string,
  message: { id: Id; version: number },
): void {
  if (work.lane(lane).unresolved === 0) return
  let firstEdit = true
  work.lane(lane).entries.forEach(({ operation }, index) => {
    const target = targetOf(operation)
    if (target?.key !== key || target.id !== null) return
    const baseVersion = firstEdit ? message.version : null
    if (operation.kind === 'edit') firstEdit = false
    change(work, lane, index, withTarget(operation, message.id, baseVersion))
    if (lacksDependency(operation)) work.feed(lane, index, { type: 'retry' })
  })
}

/** A message that the server no longer has: what is to change it waits for the one that its send will make. */
export function forgetTarget(work: OutboxWork, lane: string, key: string): void {
  work.lane(lane).entries.forEach(({ operation, flight }, index) => {
    if (flight !== null || targetOf(operation)?.key !== key) return
    const forgotten = withTarget(operation, null, null)
    const isEdit = forgotten.kind === 'edit'
    change(work, lane, index, isEdit ? { ...forgotten, baseVersion: null } : forgotten)
  })
}

/** An edit was applied: the next one of the same message is based on the version it made. */
export function resolveBaseVersion(
  work: OutboxWork,
  lane: string,
  key: string,
  version: number,
): void {
  const { entries } = work.lane(lane)
  const index = entries.findIndex(
    ({ operation: o }) => o.kind === 'edit' && o.target.key === key && o.baseVersion === null,
  )
  const operation = entries[index]?.operation
  if (operation?.kind === 'edit') change(work, lane, index, { ...operation, baseVersion: version })
}

/** An edit that goes leaves the version it is based on to the next one of the same message. */
export function bequeathBase(work: OutboxWork, lane: string, edit: EditOperation): void {
  if (edit.baseVersion !== null) resolveBaseVersion(work, lane, edit.target.key, edit.baseVersion)
}

/** Whether the user wants a message deleted, whatever became of that so far. */
export function isDeleted(work: OutboxWork, lane: string, key: string): boolean {
  return work
    .lane(lane)
    .entries.some(({ operation: o }) => o.kind === 'delete' && o.target.key === key)
}

/** What failed because this message's send had failed goes on with it. */
export function reviveDependants(work: OutboxWork, lane: string, key: string): void {
  if (work.lane(lane).unresolved === 0) return
  work.lane(lane).entries.forEach(({ operation }, index) => {
    if (targetOf(operation)?.key === key && lacksDependency(operation)) {
      work.feed(lane, index, { type: 'retry' })
    }
  })
}

/** Whether an operation failed only because what it depends on did. */
export function lacksDependency(operation: Operation): boolean {
  const { status } = operation
  return status.state === 'failed' && status.failure.code === 'depends_on_failed'
}

/**
 * A message that will never be sent: changes of it go with it, and replies to it lose their quote, for they are
 * messages of their own.
 */
export function dropMessage(work: OutboxWork, lane: string, key: string): void {
  const { entries } = work.lane(lane)
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const operation = work.lane(lane).entries[index]?.operation
    if (operation === undefined) continue
    if (operation.key === key) work.remove(lane, index)
    else if (targetOf(operation)?.key === key) {
      if (operation.kind === 'send') change(work, lane, index, { ...operation, replyTo: null })
      else work.remove(lane, index)
    }
  }
  work.lane(lane).entries.forEach(({ operation }, index) => {
    if (operation.kind === 'send' && operation.replyTo === null && lacksDependency(operation)) {
      work.feed(lane, index, { type: 'retry' })
    }
  })
}

/** Replaces an operation by another form of itself, with nothing in flight changed. */
export function change(work: OutboxWork, lane: string, index: number, operation: Operation): void {
  const entry = work.lane(lane).entries[index]
  if (entry !== undefined) work.set(lane, index, { ...entry, operation })
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
