import { useEffect, useRef } from 'react'
import type { SearchResult } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { describeFailure } from '../../text/describe-failure.ts'
import { useToday } from '../../ui/use-today.ts'
import { resultsOf, type Search } from './use-search.ts'

interface SearchResultsProps {
  id: string
  search: Search
  selected: number
  onHover: (index: number) => void
  onOpen: (result: SearchResult) => void
  onDismiss: () => void
}

/** Id of an option, for aria-activedescendant. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`
}

/** The results under the box; the focus stays in the box. */
export function SearchResults(props: SearchResultsProps) {
  const { id, search, selected, onHover, onOpen, onDismiss } = props
  const { time } = useFerry()
  const today = useToday()
  const results = resultsOf(search)
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[selected]?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  return (
    <>
      <div className="search__backdrop" aria-hidden="true" onPointerDown={onDismiss} />
      <div className="search__panel" data-status={search.status}>
        <p className="search__summary" aria-live="polite">
          {summarise(search)}
        </p>
        <div
          ref={list}
          id={id}
          className="search__list"
          role="listbox"
          aria-label="Search results"
          tabIndex={-1}
        >
          {results.map((result, index) => (
            // The keyboard works from the box, as aria-activedescendant has it.
            <div
              key={result.message}
              id={optionId(id, index)}
              role="option"
              tabIndex={-1}
              aria-selected={index === selected}
              className="search-result"
              onPointerMove={() => onHover(index)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onOpen(result)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') onOpen(result)
              }}
            >
              <span className="search-result__head">
                <span className="search-result__place">
                  <bdi>{result.conversation.name}</bdi>
                </span>
                <span className="search-result__time">{time.short(result.at, today)}</span>
              </span>
              <span className="search-result__text">
                <span className="search-result__author">
                  <bdi>{result.authorName}</bdi>:{' '}
                </span>
                <bdi>
                  <Snippet parts={result.snippet} />
                </bdi>
              </span>
            </div>
          ))}
        </div>
      </div>
    </>
  )
}

function Snippet({ parts }: { parts: SearchResult['snippet'] }) {
  let offset = 0
  return parts.map(({ text, match }) => {
    const key = offset
    offset += text.length
    return match ? <mark key={key}>{text}</mark> : <span key={key}>{text}</span>
  })
}

function summarise(search: Search): string {
  switch (search.status) {
    case 'idle':
      return ''
    case 'searching':
      return search.results.length === 0 ? 'Searching…' : resultCount(search.results.length)
    case 'found':
      return search.results.length === 0 ? 'No messages found' : resultCount(search.results.length)
    case 'failed':
      return `Search does not work now: ${describeFailure(search.failure)}`
  }
}

const resultCount = (results: number): string =>
  results === 1 ? '1 message found' : `${results} messages found`
