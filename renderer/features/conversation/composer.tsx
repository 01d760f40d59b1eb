import { Pencil, Reply, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { isolate } from '../../../protocol/model/names.ts'
import { isBlank } from '../../../protocol/text/visible.ts'
import { useFerry, useModel, useStore } from '../../app/ferry-context.tsx'
import type { ComposerMode } from '../../state/composer.ts'
import { lastEditable } from '../../state/log.ts'
import { IconButton } from '../../ui/button.tsx'
import { ComposerNote } from './composer-note.tsx'
import './composer.css'

/** The box: Enter sends, Shift+Enter breaks the line, Up in an empty box edits the last own message, Escape cancels. */
export function Composer({ view }: { view: ConversationView }) {
  const { composers, controller, store } = useFerry()
  const state = useStore(composers.of(view.id), (value) => value)
  const limit = useModel((model) => model.app?.state.limits.maxBodyBytes ?? null)
  const input = useRef<HTMLTextAreaElement>(null)
  const { text, mode, flight, focus } = state

  const focused = useRef(Number.NaN)
  useEffect(() => {
    const box = input.current
    if (box === null || focused.current === focus) return
    focused.current = focus
    box.focus()
    box.setSelectionRange(box.value.length, box.value.length)
  }, [focus])

  function submit(): void {
    composers.send(view.id, { type: 'submit' })
    // Whoever writes wants to see it arrive, wherever they were reading.
    if (mode.kind !== 'edit' && !isBlank(text)) void controller.goToNewest(view.id)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey || event.altKey) return
        event.preventDefault()
        submit()
        return
      case 'Escape':
        if (mode.kind === 'new') return
        event.preventDefault()
        composers.send(view.id, { type: 'cancel' })
        return
      case 'ArrowUp':
        if (text !== '' || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return
        if (editLast()) event.preventDefault()
    }
  }

  function editLast(): boolean {
    const log = store.get().logs.get(view.id)?.log
    const message = log === null || log === undefined ? undefined : lastEditable(log)
    if (message === undefined) return false
    composers.send(view.id, { type: 'edit', key: message.key, body: message.body ?? '' })
    return true
  }

  return (
    <div className="composer">
      <Mode mode={mode} onCancel={() => composers.send(view.id, { type: 'cancel' })} />
      <ComposerNote state={state} limit={limit} />
      <div className="composer__box" data-mode={mode.kind}>
        <textarea
          ref={input}
          className="composer__input"
          aria-label="Message"
          aria-describedby="composer-note"
          dir="auto"
          placeholder={
            mode.kind === 'edit' ? 'Edit your message' : `Write to ${isolate(view.name)}`
          }
          rows={1}
          value={text}
          // Not onChange: a text that is replaced by the same text is meant as a new one.
          onInput={(event) =>
            composers.send(view.id, { type: 'typed', text: event.currentTarget.value })
          }
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          className="composer__send"
          aria-label="Send"
          aria-disabled={isBlank(text)}
          aria-busy={flight.kind === 'storing'}
          data-tooltip={mode.kind === 'edit' ? 'Save the edit (Enter)' : 'Send (Enter)'}
          onClick={() => {
            submit()
            input.current?.focus()
          }}
        >
          <SendHorizontal size={18} />
        </button>
      </div>
    </div>
  )
}

function Mode({ mode, onCancel }: { mode: ComposerMode; onCancel: () => void }) {
  if (mode.kind === 'new') return null
  const editing = mode.kind === 'edit'
  return (
    <div className="composer__mode">
      {editing ? <Pencil size={15} /> : <Reply size={15} />}
      <p className="composer__mode-words">
        <strong>
          {editing ? 'Editing your message' : `Replying to ${isolate(mode.authorName)}`}
        </strong>
        {!editing && <span className="composer__mode-preview">{mode.preview}</span>}
      </p>
      <IconButton
        label={editing ? 'Cancel editing' : 'Cancel reply'}
        hint="Cancel (Escape)"
        small
        onClick={onCancel}
      >
        <X size={15} />
      </IconButton>
    </div>
  )
}
