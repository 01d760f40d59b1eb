import { useEffect, useRef, useState } from 'react'
import type { SearchScope } from '../../../protocol/ipc/search.ts'
import type { FailureView } from '../../../protocol/ipc/views.ts'
import { useFerry, useStable } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'

/** How often older messages are asked for until the user is asked again; each time up to 1,000. */
const MAX_CALLS = 20

/** How far back was searched, and the way to go further. */
export interface OlderMessages {
  readonly scope: SearchScope | null
  readonly isFetching: boolean
  readonly failure: FailureView | null
  readonly start: () => void
  readonly stop: () => void
  /** Asks anew how far back everything is here. */
  readonly look: () => void
}

/** Keeps the scope of a search that `isIncomplete`; `found` is called when there are more messages to be searched. */
export function useOlder(query: string, isIncomplete: boolean, found: () => void): OlderMessages {
  const { api } = useFerry()
  const [scope, setScope] = useState<SearchScope | null>(null)
  const [isFetching, setFetching] = useState(false)
  const [failure, setFailure] = useState<FailureView | null>(null)
  /** Number of the present fetching; another one, or none, ends it. */
  const run = useRef(0)

  const stop = useStable(() => {
    run.current += 1
    setFetching(false)
  })

  /** The question that counts: an answer to one before it comes too late. */
  const asked = useRef(0)
  const ask = useStable((of: string, isWanted: boolean): void => {
    asked.current += 1
    const own = asked.current
    if (!isWanted) return
    void attempt(api.searchScope({ query: of })).then((answer) => {
      if (own === asked.current && answer.ok) setScope(answer.value)
    })
  })

  useEffect(() => {
    setScope(null)
    setFailure(null)
    ask(query, isIncomplete)
  }, [ask, query, isIncomplete])

  // What is fetched for one query ends with it, and with the box.
  const fetched = useRef(query)
  useEffect(() => {
    if (fetched.current !== query) stop()
    fetched.current = query
  }, [query, stop])
  useEffect(() => stop, [stop])

  async function fetchAll(): Promise<void> {
    run.current += 1
    const own = run.current
    setFetching(true)
    setFailure(null)
    for (let call = 0; call < MAX_CALLS && own === run.current; call += 1) {
      const answer = await attempt(api.searchOlder({ query }))
      if (own !== run.current) return
      if (!answer.ok) {
        setFailure(answer.failure)
        break
      }
      setScope(answer.value)
      found()
      if (!answer.value.hasOlder) break
    }
    if (own === run.current) setFetching(false)
  }

  return {
    scope,
    isFetching,
    failure,
    start: useStable(() => void fetchAll()),
    stop,
    look: useStable(() => ask(query, isIncomplete)),
  }
}
