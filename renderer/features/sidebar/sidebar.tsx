import { Send, SquarePen } from 'lucide-react'
import type { RefObject } from 'react'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { commandLabel } from '../../app/shortcuts.ts'
import { formatNumber } from '../../text/numbers.ts'
import { IconButton } from '../../ui/button.tsx'
import { useToday } from '../../ui/use-today.ts'
import { ConnectionStatus } from '../connection/connection-status.tsx'
import { SearchBox } from '../search/search-box.tsx'
import { ConversationItem } from './conversation-item.tsx'
import { Profile } from './profile.tsx'
import { useListKeyboard } from './use-list-keyboard.ts'
import './sidebar.css'
import './sidebar-rail.css'

interface SidebarProps {
  searchRef: RefObject<HTMLInputElement | null>
  outboxButtonRef: RefObject<HTMLButtonElement | null>
  outboxOpen: boolean
  onToggleOutbox: () => void
  onNewConversation: () => void
  onFocusComposer: () => void
}

/** Search, the conversations, and how things stand: outbox, account, connection. */
export function Sidebar({
  searchRef,
  outboxButtonRef,
  outboxOpen,
  onToggleOutbox,
  onNewConversation,
  onFocusComposer,
}: SidebarProps) {
  const platform = useModel((model) => model.app?.state.platform ?? 'linux')
  return (
    <aside className="sidebar" aria-label="Sidebar">
      <SearchBox inputRef={searchRef} onLeave={onFocusComposer} />
      <nav className="sidebar__nav" aria-label="Conversations">
        <div className="sidebar__heading">
          <h2 className="sidebar__title">Conversations</h2>
          <IconButton
            label="New conversation"
            hint={`New conversation (${commandLabel('N', platform)})`}
            onClick={onNewConversation}
          >
            <SquarePen size={17} />
          </IconButton>
        </div>
        <ConversationList onChosen={onFocusComposer} />
      </nav>
      <div className="sidebar__foot">
        <div className="sidebar__account">
          <OutboxButton ref={outboxButtonRef} open={outboxOpen} onToggle={onToggleOutbox} />
          <Profile />
        </div>
        <ConnectionStatus />
      </div>
    </aside>
  )
}

function ConversationList({ onChosen }: { onChosen: () => void }) {
  const { controller } = useFerry()
  const order = useModel((model) => model.conversations.order)
  const loaded = useModel((model) => model.conversationsLoaded)
  const current = useModel((model) => model.current)
  const today = useToday()
  const keyboard = useListKeyboard(order, current)
  const select = useStable((id: string): void => {
    controller.select(id)
    onChosen()
  })
  if (loaded && order.length === 0) {
    return <p className="sidebar__empty">Nobody here yet. The pencil above starts something new.</p>
  }
  return (
    <ul className="sidebar__list" onKeyDown={keyboard.onKeyDown} onFocus={keyboard.onFocus}>
      {order.map((id) => (
        <ConversationItem
          key={id}
          id={id}
          today={today}
          stop={id === keyboard.stop}
          onSelect={select}
        />
      ))}
    </ul>
  )
}

interface OutboxButtonProps {
  ref: RefObject<HTMLButtonElement | null>
  open: boolean
  onToggle: () => void
}

function OutboxButton({ ref, open, onToggle }: OutboxButtonProps) {
  const waiting = useModel((model) => model.app?.state.outbox.waiting ?? 0)
  const failed = useModel((model) => model.app?.state.outbox.failed ?? 0)
  const total = waiting + failed
  return (
    <button
      ref={ref}
      type="button"
      className="outbox-button"
      data-look={failed > 0 ? 'failed' : total > 0 ? 'waiting' : 'empty'}
      aria-expanded={open}
      aria-label={`Outbox (${total})`}
      data-tooltip="Outbox"
      onClick={onToggle}
    >
      <Send size={17} />
      {total > 0 && <span className="outbox-button__count">{formatNumber(total)}</span>}
    </button>
  )
}
