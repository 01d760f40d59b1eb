import { useEffect, useRef, useState } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { findEntry, type Log } from '../../state/log.ts'
import { EMPTY_SLOT, type LogSlot } from '../../state/model.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { UnfoldedContext } from './fold.ts'
import { LogActionsContext } from './log-actions.ts'
import { LogMenus, type OpenMenu } from './log-menus.tsx'
import { MessageLog } from './message-log.tsx'
import { NotMember } from './not-member.tsx'
import { TypingLine } from './typing-line.tsx'
import { UnreadableLine } from './unreadable-line.tsx'
import { useLogActionsOf } from './use-log-actions.ts'
import { useMarkRead } from './use-mark-read.ts'
import './conversation.css'

/** One conversation: its name, its messages, and the box to write in. */
export function Conversation({ id }: { id: string }) {
  const view = useModel((model) => model.conversations.byId.get(id))
  if (view === undefined) return null
  return <LoadedConversation view={view} />
}

function LoadedConversation({ view }: { view: ConversationView }) {
  const { composers, controller } = useFerry()
  const [unfolded] = useState(() => new Set<string>())
  const slot = useModel((model) => model.logs.get(view.id) ?? EMPTY_SLOT)
  const [unreadAfter, drawLine] = useUnreadLine(view, slot.log !== null)
  const reading = useMarkRead(view)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const actions = useLogActionsOf(view.id, setMenu)
  const focusComposer = useStable(() => composers.send(view.id, { type: 'focus' }))
  const firstGeneration = useFirstGeneration(slot)
  const place = controller.placeOf(view.id)
  const begin = place ?? 'unread'

  return (
    <>
      <ConversationHeader view={view} />
      <UnfoldedContext.Provider value={unfolded}>
        <LogActionsContext.Provider value={actions}>
          {slot.log === null ? (
            <LogPlaceholder conversation={view.id} slot={slot} />
          ) : (
            <MessageLog
              key={slot.generation}
              view={view}
              log={slot.log}
              loading={slot.loading}
              unreadAfter={unreadAfter}
              start={slot.generation === firstGeneration ? begin : 'end'}
              reading={reading}
              onHeld={drawLine}
              onFocusComposer={focusComposer}
            />
          )}
        </LogActionsContext.Provider>
      </UnfoldedContext.Provider>
      {slot.log !== null && slot.failure !== null && (
        <LoadFailure conversation={view.id} slot={slot} />
      )}
      <LogMenus
        open={present(menu, slot.log)}
        actions={actions}
        writable={view.member}
        onClose={() => setMenu(null)}
      />
      <UnreadableLine count={view.unreadable} />
      <TypingLine conversation={view.id} />
      {view.member ? <Composer view={view} /> : <NotMember view={view} />}
    </>
  )
}

/** The menu of a message as it is now; none where the message has gone meanwhile. */
function present(menu: OpenMenu | null, log: Log | null): OpenMenu | null {
  if (menu === null || log === null) return null
  const message = findEntry(log, menu.message.key)?.message
  return message === undefined || message.body === null ? null : { ...menu, message }
}

/** The generation of the log that this screen began with: only that one begins at the first unread message. */
function useFirstGeneration(slot: LogSlot): number | null {
  const first = useRef<number | null>(null)
  if (first.current === null && slot.log !== null) first.current = slot.generation
  return first.current
}

/**
 * Up to where everything had been read when the conversation was opened, or when the first new message came while the
 * user was elsewhere, or more than fits on the screen; null when nothing was unread. Known once its log is there.
 */
function useUnreadLine(
  view: ConversationView,
  isLoaded: boolean,
): [number | null, (seq: number) => void] {
  const [line, setLine] = useState<number | null>(null)
  const unreadBefore = useRef<number | null>(null)
  const { unread, readUpTo } = view
  if (isLoaded && unreadBefore.current === null) {
    unreadBefore.current = unread
    if (unread > 0) setLine(readUpTo)
  }
  useEffect(() => {
    if (unreadBefore.current === null) return
    const began = unreadBefore.current === 0 && unread > 0
    unreadBefore.current = unread
    if (began && !document.hasFocus()) setLine(readUpTo)
  }, [unread, readUpTo])
  return [line, setLine]
}

interface LogPlaceholderProps {
  conversation: string
  slot: LogSlot
}

function LogPlaceholder({ conversation, slot }: LogPlaceholderProps) {
  return (
    <div className="log-placeholder">
      {slot.failure === null ? (
        <p className="log-placeholder__wait">
          <Spinner />
          Loading messages…
        </p>
      ) : (
        <LoadFailure conversation={conversation} slot={slot} />
      )}
    </div>
  )
}

function LoadFailure({ conversation, slot }: LogPlaceholderProps) {
  const { controller } = useFerry()
  if (slot.failure === null) return null
  const again = (): void => {
    void (slot.log === null ? controller.open(conversation) : controller.loadOlder(conversation))
  }
  return (
    <div className="load-failure" role="alert">
      <p>Messages could not be loaded. {describeFailure(slot.failure)}.</p>
      <Button small onClick={again}>
        Load again
      </Button>
    </div>
  )
}
