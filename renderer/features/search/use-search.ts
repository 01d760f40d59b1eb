import { useEffect, useState } from 'react'
import type { FailureView, SearchResult } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { createLatestOnly } from '../../state/latest-only.ts'

/** Most results that are shown. */
const LIMIT = 50
/** Longest query, in UTF-16 code units. */
export const MAX_QUERY_LENGTH = 200

export type Search =
  | { status: 'idle' }
  /** `results` are those of the query before, so that the list does not flicker while typing. */
  | { status: 'searching'; results: readonly SearchResult[] }
  | { status: 'found'; results: readonly SearchResult[] }
  | { status: 'failed'; failure: FailureView }

/** What the stored messages hold for `query`; an answer that comes too late is dropped. */
export function useSearch(query: string): Search {
  const { api } = useFerry()
  const [asker] = useState(() =>
    createLatestOnly((text: string) => attempt(api.searchMessages({ query: text, limit: LIMIT }))),
  )
  const [search, setSearch] = useState<Search>({ status: 'idle' })
  const wanted = query.trim()
  useEffect(() => {
    if (wanted === '') {
      setSearch({ status: 'idle' })
      return
    }
    let current = true
    setSearch((before) => ({ status: 'searching', results: resultsOf(before) }))
    void asker.ask(wanted).then((answer) => {
      if (!current || answer === null) return
      setSearch(
        answer.ok
          ? { status: 'found', results: answer.value }
          : { status: 'failed', failure: answer.failure },
      )
    })
    return () => {
      current = false
      asker.drop()
    }
  }, [asker, wanted])
  return search
}

/** The results that are on screen. */
export function resultsOf(search: Search): readonly SearchResult[] {
  return search.status === 'searching' || search.status === 'found' ? search.results : []
}
