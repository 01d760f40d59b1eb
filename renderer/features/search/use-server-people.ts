import { useEffect, useState } from 'react'
import type { SearchAnswer } from '../../../protocol/ipc/search.ts'
import { MAX_PEOPLE_QUERY_LENGTH } from '../../../protocol/limits.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'

/** How long nothing must have been typed until the server is asked, in ms. */
const REST_MS = 250
const MOST = 5

type People = SearchAnswer['people']
const NOBODY: People = []

/** People whom the server knows by what was typed, without those to whom one writes already. */
export function useServerPeople(query: string): People {
  const { api, store } = useFerry()
  const isOnline = useModel((model) => model.app?.state.connection.status === 'online')
  const [found, setFound] = useState<{ query: string; people: People }>({
    query: '',
    people: NOBODY,
  })
  const wanted = query.trim().slice(0, MAX_PEOPLE_QUERY_LENGTH)
  useEffect(() => {
    if (wanted === '' || wanted.includes(':') || !isOnline) return
    let current = true
    const timer = setTimeout(() => {
      void attempt(api.findUsers({ query: wanted })).then((answer) => {
        if (!current || !answer.ok) return
        const { app, conversations } = store.get()
        const session = app?.state.session
        const known = new Set(
          [...conversations.byId.values()]
            .filter(({ kind }) => kind === 'direct')
            .flatMap(({ members }) => members.map(({ id }) => id)),
        )
        if (session !== undefined && 'user' in session) known.add(session.user.id)
        const people = answer.value
          .filter(({ id }) => !known.has(id))
          .slice(0, MOST)
          .map(({ id, displayName, username }) => ({ id, name: displayName, username }))
        setFound({ query: wanted, people })
      })
    }, REST_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [api, store, wanted, isOnline])
  return found.query === wanted ? found.people : NOBODY
}
