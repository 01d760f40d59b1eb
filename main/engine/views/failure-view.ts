import type { FailureView, OperationStatus } from '../../../protocol/ipc/views.ts'
import type { Failure } from '../../../protocol/wire/failure.ts'
import { operationFailure } from '../../sync/operation-failure.ts'
import { failureView } from '../../sync/operation-view.ts'

/** Codes whose words name the conversation ("You are no longer a member of Harbour"). */
const NAMING_CODES: ReadonlySet<string> = new Set(['forbidden', 'not_found'])

/** A failure with the name of its conversation, where the words need it. */
export function inConversation(failure: FailureView, name: string | null): FailureView {
  if (name === null || !NAMING_CODES.has(failure.code)) return failure
  return { ...failure, conversation: name }
}

/** A status with the name of its conversation in its failure, where the words need it. */
export function withConversation(status: OperationStatus, name: string | null): OperationStatus {
  if (status.state !== 'failed' && status.state !== 'waiting') return status
  return { ...status, failure: inConversation(status.failure, name) }
}

/** How a request ended, for the screen. */
export function requestFailure(failure: Failure): FailureView {
  return failureView(operationFailure(failure))
}

/** The same where an account was asked for: what came in the way decides what the user can do. */
export function accountFailure(failure: Failure): FailureView {
  const view = requestFailure(failure)
  return failure.kind === 'network' ? { ...view, reason: failure.reason } : view
}
