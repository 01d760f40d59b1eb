import { useEffect, useState } from 'react'
import type { FailureView, SearchResult } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'

/** How long the box must rest before main is asked, in ms: short of what is felt, longer than a key press. */
const REST_MS = 60
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
  const [search, setSearch] = useState<Search>({ status: 'idle' })
  const wanted = query.trim()
  useEffect(() => {
    if (wanted === '') {
      setSearch({ status: 'idle' })
      return
    }
    let current = true
    setSearch((before) => ({ status: 'searching', results: resultsOf(before) }))
    const timer = window.setTimeout(async () => {
      const answer = await attempt(api.searchMessages({ query: wanted, limit: LIMIT }))
      if (!current) return
      setSearch(
        answer.ok
          ? { status: 'found', results: answer.value }
          : { status: 'failed', failure: answer.failure },
      )
    }, REST_MS)
    return () => {
      current = false
      window.clearTimeout(timer)
    }
  }, [api, wanted])
  return search
}

/** The results that are on screen. */
export function resultsOf(search: Search): readonly SearchResult[] {
  return search.status === 'searching' || search.status === 'found' ? search.results : []
}
