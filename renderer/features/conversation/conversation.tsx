import { useEffect, useRef, useState } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { EMPTY_SLOT, type LogSlot } from '../../state/model.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { LogActionsContext } from './log-actions.ts'
import { LogMenus, type OpenMenu } from './log-menus.tsx'
import { MessageLog } from './message-log.tsx'
import { TypingLine } from './typing-line.tsx'
import { UnreadableLine } from './unreadable-line.tsx'
import { useLogActionsOf } from './use-log-actions.ts'
import './conversation.css'

/** One conversation: its name, its messages, and the box to write in. */
export function Conversation({ id }: { id: string }) {
  const view = useModel((model) => model.conversations.byId.get(id))
  if (view === undefined) return null
  return <LoadedConversation view={view} />
}

function LoadedConversation({ view }: { view: ConversationView }) {
  const { composers } = useFerry()
  const slot = useModel((model) => model.logs.get(view.id) ?? EMPTY_SLOT)
  const unreadAfter = useUnreadLine(view)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const actions = useLogActionsOf(view.id, setMenu)
  const focusComposer = useStable(() => composers.send(view.id, { type: 'focus' }))
  const firstGeneration = useFirstGeneration(slot)

  return (
    <>
      <ConversationHeader view={view} />
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
            startAtUnread={slot.generation === firstGeneration}
            onFocusComposer={focusComposer}
          />
        )}
      </LogActionsContext.Provider>
      {slot.log !== null && slot.failure !== null && (
        <LoadFailure conversation={view.id} slot={slot} />
      )}
      <LogMenus
        open={menu}
        actions={actions}
        writable={view.member}
        onClose={() => setMenu(null)}
      />
      <UnreadableLine count={view.unreadable} />
      <TypingLine conversation={view.id} />
      {view.member ? (
        <Composer view={view} />
      ) : (
        <p className="not-member">
          You are no longer a member of <bdi>{view.name}</bdi>. You can read what you have, but not
          write.
        </p>
      )}
    </>
  )
}

/** The generation of the log that this screen began with: only that one begins at the first unread message. */
function useFirstGeneration(slot: LogSlot): number | null {
  const first = useRef<number | null>(null)
  if (first.current === null && slot.log !== null) first.current = slot.generation
  return first.current
}

/**
 * Up to where everything had been read when the conversation was opened, or when the first new message came while
 * the user was elsewhere; null when nothing was unread.
 */
function useUnreadLine(view: ConversationView): number | null {
  const [line, setLine] = useState(view.unread > 0 ? view.readUpTo : null)
  const unreadBefore = useRef(view.unread)
  const { unread, readUpTo } = view
  useEffect(() => {
    const began = unreadBefore.current === 0 && unread > 0
    unreadBefore.current = unread
    if (began && !document.hasFocus()) setLine(readUpTo)
  }, [unread, readUpTo])
  return line
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
