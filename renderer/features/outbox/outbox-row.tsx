import type { OutboxItem } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt, attemptPlain } from '../../state/bridge.ts'
import { withoutPostponed } from '../../state/model.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { describeStatus, FAILED_WORDS, KIND_WORDS } from '../../text/describe-status.ts'
import { Button } from '../../ui/button.tsx'
import { RetryCountdown } from '../conversation/pending-line.tsx'
import { type RowAction, rowActions } from './row-actions.ts'

interface OutboxRowProps {
  item: OutboxItem
  /** performance.now() when it was told. */
  receivedAt: number
}

/** One operation that waits or failed: what it is, how it stands and why, and what can be done. */
export function OutboxRow({ item, receivedAt }: OutboxRowProps) {
  const { api, composers, controller, store, time } = useFerry()
  const { key, kind, conversation, message, preview, createdAt, status } = item

  function show(): void {
    controller.select(conversation.id)
    if (message !== null) void controller.jumpToKey(conversation.id, message)
  }

  async function edit(): Promise<void> {
    show()
    const text = await attempt(api.operationText({ key }))
    if (!text.ok || message === null) controller.fail('This text cannot be changed any more')
    else composers.send(conversation.id, { type: 'edit', key: message, body: text.value })
  }

  async function copy(): Promise<void> {
    const text = await attempt(api.operationText({ key }))
    const copied = text.ok && (await attemptPlain(api.copyText({ text: text.value }))).ok
    if (!copied) controller.fail('The text could not be copied')
  }

  function perform(action: RowAction): void {
    switch (action) {
      case 'compare':
        store.update((model) => withoutPostponed(model, key))
        return
      case 'retry':
        void controller.retry(api.retryOperation({ key }))
        return
      case 'edit':
        void edit()
        return
      case 'copy':
        void copy()
        return
      case 'discard':
        void controller.perform('Not discarded', api.discardOperation({ key }))
    }
  }

  return (
    <li className="outbox-row" data-state={status.state}>
      <div className="outbox-row__head">
        <button type="button" className="outbox-row__place" onClick={show}>
          <bdi>{conversation.name}</bdi>
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
        {rowActions(item).map((action) => (
          <Button
            key={action}
            small
            look={action === 'discard' || action === 'copy' ? 'quiet' : 'secondary'}
            onClick={() => perform(action)}
          >
            {ACTION_WORDS[action]}
          </Button>
        ))}
      </div>
    </li>
  )
}

const ACTION_WORDS: Record<RowAction, string> = {
  compare: 'Compare…',
  retry: 'Retry',
  edit: 'Edit',
  copy: 'Copy text',
  discard: 'Discard',
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
