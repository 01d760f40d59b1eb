import { X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { isolate } from '../../../protocol/model/names.ts'
import type { Person } from './people.ts'
import { Suggestions } from './suggestions.tsx'
import { decideEnter, useFoundPeople } from './use-found-people.ts'
import type { People } from './use-people.ts'

interface PeopleFieldProps {
  inputRef: RefObject<HTMLInputElement | null>
  people: People
}

/** A field that takes people by username or name: Enter or a comma adds one, Backspace in the empty field takes the last one back. */
export function PeopleField({ inputRef, people }: PeopleFieldProps) {
  const id = useId()
  const found = useFoundPeople(
    people.text,
    people.list.map((person) => person.username),
  )
  const [chosen, setChosen] = useState(-1)
  const index = Math.min(chosen, found.users.length - 1)

  function take(username: string): void {
    people.commit(username)
    setChosen(-1)
    inputRef.current?.focus()
  }

  function enter(): void {
    const { take: who, choose } = decideEnter(people.text, found, index)
    if (choose) setChosen(0)
    else take(who?.username ?? people.text)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const last = people.list.at(-1)
    switch (event.key) {
      case 'Enter':
        if (people.text.trim() === '') break
        event.preventDefault()
        enter()
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
        if (found.users.length === 0) break
        event.preventDefault()
        setChosen(
          event.key === 'ArrowDown'
            ? Math.min(index + 1, found.users.length - 1)
            : Math.max(index - 1, -1),
        )
        break
    }
  }

  const note = people.error ?? noteOn(people.list)
  const wrong = people.error !== null || people.list.some(isUnclear)
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
          aria-activedescendant={index >= 0 ? `${id}-list-${index}` : undefined}
          placeholder={people.list.length === 0 ? 'Type a name or username' : ''}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      <p id={`${id}-note`} className={wrong ? 'field__error' : 'field__hint'}>
        {note}
      </p>
      <Suggestions
        id={`${id}-list`}
        users={found.users}
        chosen={index}
        onTake={({ username }) => take(username)}
      />
    </div>
  )
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

function isUnclear({ check }: Person): boolean {
  return check.status === 'unknown' || check.status === 'several'
}

function noteOn(people: readonly Person[]): string {
  const unknown = people.filter((person) => person.check.status === 'unknown')
  if (unknown.length > 0) {
    const names = unknown.map((person) => isolate(person.username)).join(', ')
    return `This server knows nobody called ${names}`
  }
  const several = people.find((person) => person.check.status === 'several')
  if (several !== undefined) {
    return `Several people are called ${isolate(several.username)}: take it away and choose one`
  }
  if (people.some((person) => person.check.status === 'unchecked')) {
    return 'The names could not be checked; the server will tell'
  }
  return ''
}
