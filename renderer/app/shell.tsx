import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { DamagedServer } from '../features/accounts/damaged-server.tsx'
import { SignedOut } from '../features/accounts/signed-out.tsx'
import { ConflictPrompt } from '../features/conflict/conflict-prompt.tsx'
import { Conversation } from '../features/conversation/conversation.tsx'
import { NoConversation } from '../features/conversation/no-conversation.tsx'
import { Notices } from '../features/notices/notices.tsx'
import { UndoBar } from '../features/notices/undo-bar.tsx'
import { Sidebar } from '../features/sidebar/sidebar.tsx'
import { useFerry, useModel, useStable } from './ferry-context.tsx'
import { shortcutOf } from './shortcuts.ts'
import './shell.css'

const Outbox = lazy(async () => ({
  default: (await import('../features/outbox/outbox.tsx')).Outbox,
}))
const NewConversation = lazy(async () => ({
  default: (await import('../features/new-conversation/new-conversation.tsx')).NewConversation,
}))

/** The signed-in app: conversations at the left, one of them in the middle, the outbox at the right when asked for. */
export function Shell() {
  const { controller, composers } = useFerry()
  const current = useModel((model) => model.current)
  const platform = useModel((model) => model.app?.state.platform ?? 'linux')
  const [outboxOpen, setOutboxOpen] = useState(false)
  const [creating, setCreating] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  const outboxButton = useRef<HTMLButtonElement>(null)

  const onKeyDown = useStable((event: KeyboardEvent): void => {
    const shortcut = shortcutOf(event, platform)
    if (document.querySelector('[role="dialog"]') !== null) return
    if (shortcut === null) {
      if (isLostLetter(event)) focusComposer()
      return
    }
    event.preventDefault()
    switch (shortcut) {
      case 'search':
        search.current?.focus()
        search.current?.select()
        return
      case 'new-conversation':
        setCreating(true)
        return
      case 'previous':
      case 'next':
        controller.step(shortcut === 'next' ? 1 : -1)
        focusComposer()
    }
  })

  useEffect(() => {
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [onKeyDown])

  function focusComposer(): void {
    const { current: shown } = controller.state()
    if (shown !== null) composers.send(shown, { type: 'focus' })
  }

  return (
    <div className="shell">
      <Sidebar
        searchRef={search}
        outboxButtonRef={outboxButton}
        outboxOpen={outboxOpen}
        onToggleOutbox={() => setOutboxOpen((open) => !open)}
        onNewConversation={() => setCreating(true)}
        onFocusComposer={focusComposer}
      />
      <div className="shell__content">
        <Notices />
        <DamagedServer />
        <SignedOut />
        <div className="shell__row">
          <main className="shell__main">
            {current === null ? (
              <NoConversation onStart={() => setCreating(true)} />
            ) : (
              <Conversation key={current} id={current} />
            )}
          </main>
          <Suspense fallback={null}>
            {outboxOpen && (
              <Outbox
                onClose={() => {
                  setOutboxOpen(false)
                  outboxButton.current?.focus()
                }}
              />
            )}
          </Suspense>
        </div>
        <UndoBar />
      </div>
      <Suspense fallback={null}>
        {creating && <NewConversation onClose={() => setCreating(false)} />}
      </Suspense>
      <ConflictPrompt />
    </div>
  )
}

/** A letter that goes nowhere, since nothing has the focus: whoever types it means the composer, and it follows. */
function isLostLetter(event: KeyboardEvent): boolean {
  return (
    document.activeElement === document.body &&
    event.key.length === 1 &&
    event.key !== ' ' &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey
  )
}
