import { type FormEvent, type KeyboardEvent, useId, useState } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { nameError } from '../new-conversation/people.ts'
import { Suggestions } from '../new-conversation/suggestions.tsx'
import { decideEnter, useFoundPeople } from '../new-conversation/use-found-people.ts'

interface AddMemberProps {
  view: ConversationView
  onFailure: (text: string | null) => void
}

/** Takes a username, or somebody found by a name, into the group. */
export function AddMember({ view, onFailure }: AddMemberProps) {
  const { api, newKey } = useFerry()
  const id = useId()
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [chosen, setChosen] = useState(-1)
  const found = useFoundPeople(
    text,
    view.members.map(({ username }) => username),
  )
  const index = Math.min(chosen, found.users.length - 1)

  function change(next: string): void {
    setText(next)
    setError(null)
    setChosen(-1)
  }

  async function add(name: string): Promise<void> {
    const wrong = name === '' ? 'Type who shall join' : nameError(name)
    setError(wrong)
    onFailure(null)
    if (wrong !== null) return
    const answer = await attempt(
      api.addMember({ key: newKey(), conversation: view.id, username: name }),
    )
    if (answer.ok) change('')
    else setError(describeFailure(answer.failure))
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    const { take, choose } = decideEnter(text, found, index)
    if (choose) setChosen(0)
    else void add(take?.username ?? text.trim())
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || found.users.length === 0) return
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const step = event.key === 'ArrowDown' ? 1 : -1
    setChosen(Math.max(-1, Math.min(index + step, found.users.length - 1)))
  }

  return (
    <form className="members__add" onSubmit={onSubmit} noValidate>
      <TextField
        label="Add someone"
        placeholder="Name or username"
        value={text}
        error={error}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        aria-controls={id}
        aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <Button type="submit">Add</Button>
      <div className="members__found">
        <Suggestions
          id={id}
          users={found.users}
          chosen={index}
          onTake={({ username }) => void add(username)}
        />
      </div>
    </form>
  )
}
