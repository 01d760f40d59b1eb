import { Copy, Pencil, Reply, Trash2 } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import type { MessageView } from '../../../protocol/ipc/views.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import type { LogActions } from './log-actions.ts'
import { QUICK_EMOJI } from './reactions.tsx'

const PopupMenu = lazy(async () => ({ default: (await import('../../ui/menu.tsx')).PopupMenu }))

/** Which menu is open, on which message, beside which button. */
export interface OpenMenu {
  readonly kind: 'actions' | 'reactions'
  readonly message: MessageView
  readonly anchor: HTMLElement
}

interface LogMenusProps {
  open: OpenMenu | null
  actions: LogActions
  writable: boolean
  onClose: () => void
}

/** The one menu of the log, wherever it was opened. */
export function LogMenus({ open, actions, writable, onClose }: LogMenusProps) {
  const opener = open?.anchor ?? null
  useEffect(() => {
    // Set from here, since a prop would draw every row again.
    opener?.setAttribute('aria-expanded', 'true')
    return () => opener?.setAttribute('aria-expanded', 'false')
  }, [opener])
  if (open === null) return null
  const { kind, message, anchor } = open
  return (
    <Suspense fallback={null}>
      {kind === 'actions' ? (
        <PopupMenu
          anchor={anchor}
          label="Message actions"
          entries={actionEntries(message, actions, writable)}
          onClose={onClose}
        />
      ) : (
        <PopupMenu
          anchor={anchor}
          label="React"
          layout="row"
          entries={reactionEntries(message, actions)}
          onClose={onClose}
        />
      )}
    </Suspense>
  )
}

function actionEntries(message: MessageView, actions: LogActions, writable: boolean): MenuEntry[] {
  const entries: MenuEntry[] = []
  if (message.own && (message.editable || message.id === null) && writable) {
    entries.push({
      label: 'Edit',
      icon: <Pencil size={15} />,
      onSelect: () => actions.edit(message),
      finalFocus: () => false,
    })
  }
  if (message.id !== null && writable) {
    entries.push({
      label: 'Reply',
      icon: <Reply size={15} />,
      onSelect: () => actions.reply(message),
      finalFocus: () => false,
    })
  }
  entries.push({
    label: 'Copy text',
    icon: <Copy size={15} />,
    onSelect: () => actions.copy(message),
  })
  if (message.own && writable) {
    entries.push({
      label: 'Delete',
      icon: <Trash2 size={15} />,
      danger: true,
      onSelect: () => actions.remove(message),
      // The button goes with the text.
      finalFocus: (anchor) => anchor.closest<HTMLElement>('article') ?? anchor,
    })
  }
  return entries
}

function reactionEntries(message: MessageView, actions: LogActions): MenuEntry[] {
  return QUICK_EMOJI.map(({ emoji, label }) => {
    const checked = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
    return {
      label,
      icon: <span aria-hidden="true">{emoji}</span>,
      checked,
      onSelect: () => actions.react(message, emoji, !checked),
    }
  })
}
