import { createContext, useContext } from 'react'
import type { MessageView, PendingOperation } from '../../../protocol/ipc/views.ts'

/** What can be done from a row of the log. The functions stay the same, so that rows are not drawn again for them. */
export interface LogActions {
  readonly openMenu: (message: MessageView, anchor: HTMLElement) => void
  readonly openReactions: (message: MessageView, anchor: HTMLElement) => void
  readonly react: (message: MessageView, emoji: string, on: boolean) => void
  readonly reply: (message: MessageView) => void
  readonly edit: (message: MessageView) => void
  readonly remove: (message: MessageView) => void
  readonly copy: (message: MessageView) => void
  readonly retry: (operation: PendingOperation) => void
  readonly discard: (operation: PendingOperation) => void
  readonly resolve: (operation: PendingOperation) => void
  /** Shows the message that a reply answers. */
  readonly goTo: (answered: NonNullable<MessageView['replyTo']>) => void
}

export const LogActionsContext = createContext<LogActions | null>(null)

/** The actions of the log around this row. */
export function useLogActions(): LogActions {
  const actions = useContext(LogActionsContext)
  if (actions === null) throw new Error('useLogActions outside of a message log')
  return actions
}
