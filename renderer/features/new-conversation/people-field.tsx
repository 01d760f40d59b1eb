import { X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from 'react'
import { isolate } from '../../../protocol/model/names.ts'
import type { User } from '../../../protocol/model/user.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { Avatar } from '../../ui/avatar.tsx'
import type { Person } from './people.ts'
import type { People } from './use-people.ts'

interface PeopleFieldProps {
  inputRef: RefObject<HTMLInputElement | null>
  people: People
}

/** Most suggestions under the field. */
const MAX_SUGGESTIONS = 5

/** A field that takes usernames: Enter or a comma adds one, Backspace in the empty field takes the last one back. */
export function PeopleField({ inputRef, people }: PeopleFieldProps) {
  const id = useId()
  const suggestions = useSuggestions(people)
  const [chosen, setChosen] = useState(-1)
  const index = Math.min(chosen, suggestions.length - 1)

  function take(username: string): void {
    people.commit(username)
    setChosen(-1)
    inputRef.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const last = people.list.at(-1)
    switch (event.key) {
      case 'Enter':
        if (people.text.trim() === '') break
        event.preventDefault()
        take(suggestions[index]?.username ?? people.text)
        break
      case ',':
      case ';':
        if (people.text.trim() === '') break
        event.preventDefault()
        take(people.text)
        break
      case 'Backspace':
        if (people.text === '' && last !== undefined) people.remove(last.username)
        break
      case 'ArrowDown':
      case 'ArrowUp':
        if (suggestions.length === 0) break
        event.preventDefault()
        setChosen(
          event.key === 'ArrowDown'
            ? Math.min(index + 1, suggestions.length - 1)
            : Math.max(index - 1, -1),
        )
        break
    }
  }

  const note = people.error ?? noteOn(people.list)
  const wrong =
    people.error !== null || people.list.some((person) => person.check.status === 'unknown')
  return (
    <div className="field people">
      <label className="field__label" htmlFor={id}>
        People
      </label>
      <div className="people__box" data-invalid={people.error !== null || undefined}>
        {people.list.length > 0 && (
          <ul className="people__chips" aria-label="Added">
            {people.list.map((person) => (
              <Chip
                key={person.username}
                person={person}
                onRemove={() => {
                  people.remove(person.username)
                  inputRef.current?.focus()
                }}
              />
            ))}
          </ul>
        )}
        <input
          ref={inputRef}
          id={id}
          className="people__input"
          value={people.text}
          onChange={(event) => {
            people.setText(event.target.value)
            setChosen(-1)
          }}
          onKeyDown={onKeyDown}
          aria-invalid={people.error !== null}
          aria-describedby={`${id}-note`}
          aria-controls={`${id}-list`}
          aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
          placeholder={people.list.length === 0 ? 'Type a username and press Enter' : ''}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      <p id={`${id}-note`} className={wrong ? 'field__error' : 'field__hint'}>
        {note}
      </p>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Suggestions"
        className="people__suggestions"
      >
        {suggestions.map((user, i) => (
          <div
            key={user.id}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === index}
            className="people__suggestion"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(user.username)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') take(user.username)
            }}
          >
            <Avatar id={user.id} name={user.displayName} size="small" />
            <span className="people__name">
              <bdi>{user.displayName}</bdi>
            </span>
            <span className="people__username">
              <bdi>@{user.username}</bdi>
            </span>
          </div>
        ))}
      </div>
    </div>
  )
}

/** Users that the text may mean; none while the server cannot be asked. */
function useSuggestions(people: People): readonly User[] {
  const { api } = useFerry()
  const [found, setFound] = useState<{ query: string; users: readonly User[] }>({
    query: '',
    users: [],
  })
  const query = people.text.trim().slice(0, 64)
  useEffect(() => {
    if (query === '') return
    let current = true
    void attempt(api.findUsers({ query })).then((answer) => {
      if (current) setFound({ query, users: answer.ok ? answer.value : [] })
    })
    return () => {
      current = false
    }
  }, [api, query])
  if (query === '' || !query.startsWith(found.query)) return []
  const taken = new Set(people.list.map((person) => person.username.toLowerCase()))
  return found.users
    .filter((user) => !taken.has(user.username.toLowerCase()))
    .slice(0, MAX_SUGGESTIONS)
}

interface ChipProps {
  person: Person
  onRemove: () => void
}

function Chip({ person, onRemove }: ChipProps) {
  const { username, check } = person
  return (
    <li className="chip" data-check={check.status}>
      <span className="chip__name">
        <bdi>{username}</bdi>
      </span>
      <button
        type="button"
        className="chip__remove"
        aria-label={`Remove ${isolate(username)}`}
        onClick={onRemove}
      >
        <X size={13} />
      </button>
    </li>
  )
}

function noteOn(people: readonly Person[]): string {
  const unknown = people.filter((person) => person.check.status === 'unknown')
  if (unknown.length > 0) {
    const names = unknown.map((person) => isolate(person.username)).join(', ')
    return `This server knows nobody called ${names}`
  }
  if (people.some((person) => person.check.status === 'unchecked')) {
    return 'The names could not be checked; the server will tell'
  }
  return ''
}
