import type { OutboxItem } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { withoutPostponed } from '../../state/model.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { describeStatus, FAILED_WORDS, KIND_WORDS } from '../../text/describe-status.ts'
import { Button } from '../../ui/button.tsx'
import { RetryCountdown } from '../conversation/pending-line.tsx'

interface OutboxRowProps {
  item: OutboxItem
  /** performance.now() when it was told. */
  receivedAt: number
}

/** One operation that waits or failed: what it is, how it stands and why, and what can be done. */
export function OutboxRow({ item, receivedAt }: OutboxRowProps) {
  const { api, controller, store, time } = useFerry()
  const { key, kind, conversation, message, preview, createdAt, status } = item

  function show(): void {
    controller.select(conversation.id)
    if (message !== null) void controller.jumpToKey(conversation.id, message)
  }

  /** Nothing can be tried while the user is asked something: then it leads to the question. */
  function retry(): void {
    switch (status.state) {
      case 'conflict':
        store.update((model) => withoutPostponed(model, key))
        return
      case 'parked':
        controller.fail('Sign in first: what waits goes out right after that')
        return
      default:
        void controller.retry(api.retryOperation({ key }))
    }
  }

  return (
    <li className="outbox-row" data-state={status.state}>
      <div className="outbox-row__head">
        <button type="button" className="outbox-row__place" onClick={show}>
          {conversation.name}
        </button>
        <span className="outbox-row__time" data-tooltip-at={createdAt}>
          {kind === 'send' ? '' : `${KIND_WORDS[kind]}, `}
          {time.clock(createdAt)}
        </span>
      </div>
      <p className="outbox-row__preview" dir="auto">
        {preview === '' ? (message === null ? 'An entry that cannot be read' : '…') : preview}
      </p>
      <p className="outbox-row__state">
        <State item={item} receivedAt={receivedAt} />
      </p>
      <div className="outbox-row__buttons">
        <Button small onClick={retry}>
          Retry
        </Button>
        <Button
          small
          look="quiet"
          onClick={() => void controller.perform('Not discarded', api.discardOperation({ key }))}
        >
          Discard
        </Button>
      </div>
    </li>
  )
}

function State({ item: { kind, status }, receivedAt }: OutboxRowProps) {
  switch (status.state) {
    case 'waiting':
      return (
        <>
          <RetryCountdown status={status} receivedAt={receivedAt} />
          <span className="outbox-row__reason">{describeFailure(status.failure)}</span>
        </>
      )
    case 'failed':
      return (
        <>
          <strong>{FAILED_WORDS[kind]}</strong>
          <span className="outbox-row__reason">{describeFailure(status.failure)}</span>
        </>
      )
    default:
      return describeStatus(status)
  }
}
