import { useRef, useState } from 'react'
import { MAX_PEOPLE_QUERY_LENGTH } from '../../../protocol/limits.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import {
  addPerson,
  meant,
  nameError,
  type Person,
  removePerson,
  splitNames,
  withAnswer,
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
  /** The usernames, with what is still in the text, once the server has said who is meant; null when nobody can be. */
  readonly complete: () => Promise<string[] | null>
}

/** Keeps the people of a dialog and asks the server whether it knows them. */
export function usePeople(): People {
  const { api } = useFerry()
  const [list, setList] = useState<readonly Person[]>([])
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const current = useRef(list)
  const checks = useRef(new Set<Promise<void>>())

  function change(make: (list: readonly Person[]) => readonly Person[]): void {
    current.current = make(current.current)
    setList(current.current)
  }

  async function check(username: string): Promise<void> {
    const answer = await attempt(api.findUsers({ query: username }))
    change((people) =>
      answer.ok
        ? withAnswer(people, username, answer.value)
        : withCheck(people, username, { status: 'unchecked' }),
    )
  }

  function startCheck(username: string): void {
    const checking = check(username).finally(() => checks.current.delete(checking))
    checks.current.add(checking)
  }

  /** A first and a last name are one person, where the server knows somebody of both. */
  async function usernameOf(typed: string): Promise<string> {
    if (!/\S\s+\S/.test(typed)) return typed
    const answer = await attempt(api.findUsers({ query: typed.slice(0, MAX_PEOPLE_QUERY_LENGTH) }))
    const who = answer.ok ? meant(typed, answer.value) : null
    return who === null || who === 'several' ? typed : who.username
  }

  async function complete(): Promise<string[] | null> {
    if (!commit(await usernameOf(text.trim()))) return null
    await Promise.all(checks.current)
    return current.current.map((person) => person.username)
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
      if (current.current !== before) startCheck(name)
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
    complete,
  }
}
