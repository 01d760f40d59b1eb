import { useEffect, useRef, useState } from 'react'
import type { SearchAnswer } from '../../../protocol/ipc/search.ts'
import type { FailureView } from '../../../protocol/ipc/views.ts'
import { useFerry, useStable } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { createLatestOnly } from '../../state/latest-only.ts'

/** Most messages that are shown. */
const LIMIT = 50
/** Longest query, in UTF-16 code units. */
export const MAX_QUERY_LENGTH = 200

const NOTHING: SearchAnswer = {
  messages: [],
  hasMore: false,
  conversations: [],
  people: [],
  problems: [],
  isComplete: true,
}

export type Search =
  | { status: 'idle' }
  /** `answer` is that of the query before, so that the list does not flicker while typing. */
  | { status: 'searching'; answer: SearchAnswer }
  | { status: 'found'; answer: SearchAnswer }
  | { status: 'failed'; failure: FailureView }

/** What is found for `query`, and a way to look again; an answer that comes too late is dropped. */
export function useSearch(query: string): { search: Search; again: () => void } {
  const { api } = useFerry()
  const [asker] = useState(() =>
    createLatestOnly((text: string) => attempt(api.searchMessages({ query: text, limit: LIMIT }))),
  )
  const [search, setSearch] = useState<Search>({ status: 'idle' })
  const wanted = query.trim()
  const latest = useRef('')

  const ask = useStable(async (text: string): Promise<void> => {
    const answer = await asker.ask(text)
    if (answer === null || text !== latest.current) return
    setSearch(
      answer.ok
        ? { status: 'found', answer: answer.value }
        : { status: 'failed', failure: answer.failure },
    )
  })

  useEffect(() => {
    latest.current = wanted
    if (wanted === '') {
      setSearch({ status: 'idle' })
      return
    }
    setSearch((before) => ({ status: 'searching', answer: answerOf(before) }))
    void ask(wanted)
    return () => asker.drop()
  }, [asker, ask, wanted])

  const again = useStable(() => {
    if (latest.current !== '') void ask(latest.current)
  })
  return { search, again }
}

/** The answer that is on screen. */
export function answerOf(search: Search): SearchAnswer {
  return search.status === 'searching' || search.status === 'found' ? search.answer : NOTHING
}
