import { useRef, useState } from 'react'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import {
  addPerson,
  checkFrom,
  nameError,
  type Person,
  removePerson,
  splitNames,
  withCheck,
} from './people.ts'

/** The people of a dialog, and the text that is not a person yet. */
export interface People {
  readonly list: readonly Person[]
  readonly text: string
  readonly error: string | null
  readonly setText: (text: string) => void
  /** Makes people of the text; false when it is no username. */
  readonly commit: (text?: string) => boolean
  readonly remove: (username: string) => void
  /** The usernames, with what is still in the text; null when that is no username. */
  readonly complete: () => string[] | null
}

/** Keeps the people of a dialog and asks the server whether it knows them. */
export function usePeople(): People {
  const { api } = useFerry()
  const [list, setList] = useState<readonly Person[]>([])
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const current = useRef(list)

  function change(make: (list: readonly Person[]) => readonly Person[]): void {
    current.current = make(current.current)
    setList(current.current)
  }

  async function check(username: string): Promise<void> {
    const answer = await attempt(api.findUsers({ query: username }))
    const result: Person['check'] = answer.ok
      ? checkFrom(username, answer.value)
      : { status: 'unchecked' }
    change((people) => withCheck(people, username, result))
  }

  function commit(typed = text): boolean {
    const names = splitNames(typed)
    for (const name of names) {
      const wrong = nameError(name)
      if (wrong !== null) {
        setError(wrong)
        return false
      }
    }
    for (const name of names) {
      const before = current.current
      change((people) => addPerson(people, name))
      if (current.current !== before) void check(name)
    }
    setText('')
    setError(null)
    return true
  }

  return {
    list,
    text,
    error,
    setText(next) {
      setText(next)
      setError(null)
    },
    commit,
    remove: (username) => change((people) => removePerson(people, username)),
    complete: () => (commit() ? current.current.map((person) => person.username) : null),
  }
}
