import type { OperationKind, PendingOperation } from '../../../protocol/ipc/views.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { describeRetry, FAILED_WORDS, KIND_WORDS } from '../../text/describe-status.ts'
import { Button } from '../../ui/button.tsx'
import { useSecondsLeft } from '../../ui/countdown.ts'
import { useLogActions } from './log-actions.ts'

interface PendingLineProps {
  operation: PendingOperation
  /** performance.now() when the message was told; waits count from there. */
  receivedAt: number
  /** Edits the message and tries again; null where there is nothing to edit. */
  onEdit: (() => void) | null
}

/** What is not settled about an own message, in words under it: the whole truth, and what can be done [O9]. */
export function PendingLine({ operation, receivedAt, onEdit }: PendingLineProps) {
  const actions = useLogActions()
  const { kind, status } = operation
  switch (status.state) {
    case 'queued':
    case 'sending':
      return kind === 'edit' || kind === 'delete' ? (
        <p className="pending">{KIND_WORDS[kind]} not delivered yet</p>
      ) : null
    case 'waiting':
      return (
        <p className="pending">
          <RetryCountdown status={status} receivedAt={receivedAt} />
          <span className="pending__reason">{describeFailure(status.failure)}</span>
        </p>
      )
    case 'unconfirmed':
      return <p className="pending">{unconfirmedWords(kind)}</p>
    case 'parked':
      return <p className="pending">Waits until you sign in</p>
    case 'failed':
      return (
        <div className="pending pending--failed">
          <p>
            <strong>{FAILED_WORDS[kind]}.</strong> <span>{describeFailure(status.failure)}</span>
          </p>
          <div className="pending__buttons">
            <Button small onClick={() => actions.retry(operation)}>
              Retry
            </Button>
            {onEdit !== null && (
              <Button small onClick={onEdit}>
                Edit
              </Button>
            )}
            <Button small onClick={() => actions.discard(operation)}>
              Discard
            </Button>
          </div>
        </div>
      )
    case 'conflict':
      return (
        <div className="pending pending--failed">
          <p>
            <strong>Edit not saved.</strong> <span>This message was changed elsewhere</span>
          </p>
          <div className="pending__buttons">
            <Button small onClick={() => actions.resolve(operation)}>
              Compare…
            </Button>
          </div>
        </div>
      )
  }
}

const unconfirmedWords = (kind: OperationKind): string =>
  kind === 'send'
    ? 'Not confirmed yet; it may have arrived'
    : `${KIND_WORDS[kind]} not confirmed yet`

interface RetryCountdownProps {
  status: Extract<PendingOperation['status'], { state: 'waiting' }>
  receivedAt: number
}

/** `Retry 3 of 5 in 8 s`, counting down [O5]. */
export function RetryCountdown({ status, receivedAt }: RetryCountdownProps) {
  const seconds = useSecondsLeft(receivedAt + status.retryInMs)
  return <span>{describeRetry(status.retry, status.maxRetries, seconds)}</span>
}
