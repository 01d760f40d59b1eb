import { type FormEvent, useRef, useState } from 'react'
import { MAX_TITLE_LENGTH } from '../../../protocol/limits.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { PeopleField } from './people-field.tsx'
import { usePeople } from './use-people.ts'
import './new-conversation.css'

/** Who shall be in a new conversation, and what a group is called. */
export function NewConversation({ onClose }: { onClose: () => void }) {
  const { api, controller, composers, newKey } = useFerry()
  const people = usePeople()
  const [title, setTitle] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  // The new conversation's composer takes the focus, and may have it before this dialog is gone.
  const created = useRef(false)
  // One key for this dialog: pressing Create again after a failure makes no second conversation [O2].
  const [key] = useState(newKey)

  async function create(): Promise<void> {
    setBusy(true)
    const usernames = await people.complete()
    if (usernames === null) {
      setBusy(false)
      input.current?.focus()
      return
    }
    const name = title.trim()
    if (usernames.length === 0 && name === '') {
      setBusy(false)
      setFailure('Add someone, or give it a title to keep notes for yourself')
      input.current?.focus()
      return
    }
    setFailure(null)
    const answer = await attempt(
      api.createConversation({ key, usernames, ...(name === '' ? {} : { title: name }) }),
    )
    setBusy(false)
    if (!answer.ok) {
      setFailure(describeFailure(answer.failure))
      return
    }
    created.current = true
    onClose()
    controller.select(answer.value.conversation)
    composers.send(answer.value.conversation, { type: 'focus' })
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (!busy) void create()
  }

  return (
    <Modal
      title="New conversation"
      onClose={onClose}
      initialFocus={input}
      returnsFocus={() => !created.current}
    >
      <form className="new-conversation" onSubmit={onSubmit} noValidate>
        <PeopleField inputRef={input} people={people} />
        <TextField
          label="Title"
          hint="For a group; leave it empty to write to one person."
          value={title}
          maxLength={MAX_TITLE_LENGTH}
          onChange={(event) => setTitle(event.target.value)}
        />
        {failure !== null && (
          <p className="dialog__error" role="alert">
            {failure}
          </p>
        )}
        <div className="dialog__buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" aria-disabled={busy}>
            {busy && <Spinner />}
            Create
          </Button>
        </div>
      </form>
    </Modal>
  )
}
