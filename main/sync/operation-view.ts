import type {
  FailureView,
  OperationStatus as OperationStatusView,
} from '../../protocol/ipc/views.ts'
import type { Now } from './clock.ts'
import type { OperationStatus } from './operation.ts'
import type { OperationFailure } from './operation-failure.ts'
import type { Entry } from './outbox-state.ts'
import { MAX_RETRIES, remainingWaitMs } from './retry-policy.ts'

/** How an operation stands, for the screen: which retry and when, or why not. */
export function statusView(
  { operation, dueAt }: Entry,
  { now, isSignedOut }: { readonly now: Now; readonly isSignedOut: boolean },
): OperationStatusView {
  const { status } = operation
  if (isSignedOut && isWaitingForLine(status)) return { state: 'parked' }
  switch (status.state) {
    case 'queued':
    case 'sending':
    case 'unconfirmed':
      return { state: status.state }
    case 'held':
      return { state: 'queued' }
    case 'failed':
      return { state: 'failed', failure: failureView(status.failure) }
    case 'conflict':
      return { state: 'conflict', mine: status.mine, theirs: status.theirs }
    case 'waiting': {
      const { retry, at, delayMs, failure } = status
      const retryInMs =
        dueAt === null
          ? remainingWaitMs(at, delayMs, now.wallMs)
          : Math.max(dueAt - now.monotonicMs, 0)
      return {
        state: 'waiting',
        retry,
        maxRetries: MAX_RETRIES,
        retryInMs,
        failure: failureView(failure),
      }
    }
  }
}

/** Whether it is the line or the server that it waits for, and not the user. */
function isWaitingForLine({ state }: OperationStatus): boolean {
  return state !== 'failed' && state !== 'conflict' && state !== 'held'
}

/** A failure as the renderer finds words for it. */
export function failureView({ code, message, size }: OperationFailure): FailureView {
  const view: FailureView = { code }
  if (message !== undefined) view.message = message
  if (size !== undefined) view.size = { ...size }
  return view
}
