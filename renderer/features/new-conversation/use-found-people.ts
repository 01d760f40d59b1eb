import { useEffect, useState } from 'react'
import { MAX_PEOPLE_QUERY_LENGTH } from '../../../protocol/limits.ts'
import type { User } from '../../../protocol/model/user.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { selfId } from '../../state/selectors.ts'
import { fitting, meant } from './people.ts'

/** Most suggestions under a field. */
const MAX_SUGGESTIONS = 5

/** Whom the server knows by what is typed. */
export interface FoundPeople {
  readonly users: readonly User[]
  /** With those who are there already, who are not offered again. */
  readonly all: readonly User[]
  /** Whether it is the answer to the whole text; else to its beginning. */
  readonly isAnswered: boolean
}

const NOBODY: FoundPeople = { users: [], all: [], isAnswered: false }

/** Users that a text may mean, without the user and some; none while the server cannot be asked. */
export function useFoundPeople(text: string, without: readonly string[]): FoundPeople {
  const { api } = useFerry()
  const self = useModel(selfId)
  const [found, setFound] = useState<{ query: string; users: readonly User[] }>({
    query: '',
    users: [],
  })
  const query = text.trim().slice(0, MAX_PEOPLE_QUERY_LENGTH)
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
  if (query === '' || found.query === '' || !query.startsWith(found.query)) return NOBODY
  const taken = new Set(without.map((username) => username.toLowerCase()))
  const all = fitting(found.users, query)
  const users = all.filter((user) => user.id !== self && !taken.has(user.username.toLowerCase()))
  return { users: users.slice(0, MAX_SUGGESTIONS), all, isAnswered: found.query === query }
}

/**
 * What Enter does: takes the chosen one, or who is meant by the text. Where only a choice can tell, the first is chosen
 * and nothing taken yet. With neither, the text itself is the username.
 */
export function decideEnter(
  text: string,
  { users, all, isAnswered }: FoundPeople,
  index: number,
): { readonly take: User | null; readonly choose: boolean } {
  const chosen = users[index]
  if (chosen !== undefined) return { take: chosen, choose: false }
  const who = isAnswered ? meant(text.trim(), all) : null
  if (who !== null && who !== 'several') return { take: who, choose: false }
  return { take: null, choose: isAnswered && users.length > 0 }
}
