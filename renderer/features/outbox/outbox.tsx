import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { OutboxPage } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { describeFailure } from '../../text/describe-failure.ts'
import { count } from '../../text/numbers.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { KeptForOthers } from './kept-for-others.tsx'
import { OutboxRow } from './outbox-row.tsx'
import { type OutboxList, useOutbox } from './use-outbox.ts'
import './outbox.css'

/** All that waits or failed, over all conversations, oldest first [O9]. */
export function Outbox({ onClose }: { onClose: () => void }) {
  const { api, controller } = useFerry()
  const list = useOutbox()
  const region = useRef<HTMLElement>(null)
  useEffect(() => {
    // At first, and when the row that had the focus is gone.
    if (list.status === 'loading' || document.activeElement === document.body) {
      region.current?.focus()
    }
  }, [list])
  const retries = list.status === 'shown' && mayRetry(list.page)
  return (
    <section
      ref={region}
      className="outbox"
      aria-label="Outbox"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        onClose()
      }}
    >
      <header className="outbox__head">
        <h2 className="outbox__title">Outbox</h2>
        {retries && (
          <Button small onClick={() => void controller.retry(api.retryAll())}>
            Retry all
          </Button>
        )}
        <IconButton label="Close" onClick={onClose}>
          <X size={17} />
        </IconButton>
      </header>
      <List list={list} />
      <KeptForOthers />
    </section>
  )
}

/** Whether there is something that trying again could help; what is not listed may be such. */
function mayRetry({ items, total }: OutboxPage): boolean {
  return (
    total > items.length ||
    items.some(({ status }) => status.state === 'failed' || status.state === 'waiting')
  )
}

function List({ list }: { list: OutboxList }) {
  if (list.status === 'loading') return null
  if (list.status === 'failed') {
    return (
      <p className="outbox__empty">
        The outbox could not be read. {describeFailure(list.failure)}.
      </p>
    )
  }
  const { items, total } = list.page
  if (items.length === 0) {
    return (
      <p className="outbox__empty">
        Nothing is waiting. Everything you wrote has been delivered to the server.
      </p>
    )
  }
  return (
    <>
      <ul className="outbox__list">
        {items.map((item) => (
          <OutboxRow key={item.key} item={item} receivedAt={list.receivedAt} />
        ))}
      </ul>
      {total > items.length && (
        <div className="outbox__more">
          <span>and {count(total - items.length, 'more', 'more')}</span>
          {list.showMore !== null && (
            <Button small onClick={list.showMore}>
              Show more
            </Button>
          )}
        </div>
      )}
    </>
  )
}
