import { useEffect } from 'react'
import type { SearchResult } from '../../../protocol/ipc/search.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { describeFailure } from '../../text/describe-failure.ts'
import { describeCount, describeProblem, describeScope } from '../../text/describe-search.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useToday } from '../../ui/use-today.ts'
import type { SearchGroup, SearchItem } from './search-items.ts'
import type { OlderMessages } from './use-older.ts'
import { answerOf, type Search } from './use-search.ts'

interface SearchResultsProps {
  id: string
  search: Search
  groups: readonly SearchGroup[]
  older: OlderMessages
  selected: number
  onHover: (key: string) => void
  onOpen: (item: SearchItem) => void
  onDismiss: () => void
}

/** Id of an option, for aria-activedescendant. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`
}

/** The results under the box; the focus stays in the box. */
export function SearchResults(props: SearchResultsProps) {
  const { id, search, groups, older, selected, onHover, onOpen, onDismiss } = props
  const selectedOption = optionId(id, selected)
  const firstKey = groups[0]?.items[0]?.key
  useEffect(() => {
    if (firstKey === undefined) return
    document.getElementById(selectedOption)?.scrollIntoView({ block: 'nearest' })
  }, [selectedOption, firstKey])

  let index = -1
  return (
    <>
      <div className="search__backdrop" aria-hidden="true" onPointerDown={onDismiss} />
      <div className="search__panel" data-status={search.status}>
        <p className="search__summary" aria-live="polite">
          {summarise(search)}
        </p>
        <div
          id={id}
          className="search__list"
          role="listbox"
          aria-label="Search results"
          tabIndex={-1}
        >
          {groups.map((group) => (
            <fieldset key={group.title} className="search__results" aria-label={group.title}>
              <p className="search__group" aria-hidden="true">
                {group.title}
              </p>
              {group.items.map((item) => {
                index += 1
                return (
                  // The keyboard works from the box, as aria-activedescendant has it.
                  <div
                    key={item.key}
                    id={optionId(id, index)}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === selected}
                    className="search-result"
                    data-kind={item.kind}
                    onPointerMove={() => onHover(item.key)}
                    onPointerDown={(event) => event.preventDefault()}
                    onClick={() => onOpen(item)}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter') onOpen(item)
                    }}
                  >
                    <Item item={item} />
                  </div>
                )
              })}
            </fieldset>
          ))}
        </div>
        <ScopeLine search={search} older={older} />
      </div>
    </>
  )
}

function Item({ item }: { item: SearchItem }) {
  switch (item.kind) {
    case 'conversation':
      return (
        <span className="search-result__name">
          <Avatar id={item.id} name={item.name} size="small" />
          <span className="search-result__place">
            <bdi>{item.name}</bdi>
          </span>
        </span>
      )
    case 'person':
      return (
        <span className="search-result__name">
          <Avatar id={item.id} name={item.name} size="small" />
          <span className="search-result__place">
            <bdi>{item.name}</bdi>
          </span>
          <span className="search-result__author">
            <bdi>@{item.username}</bdi>
          </span>
        </span>
      )
    case 'message':
      return <MessageItem result={item.result} />
  }
}

/** Names and text are each isolated: none turns the direction of another, nor where a line is cut. */
function MessageItem({ result }: { result: SearchResult }) {
  const { time } = useFerry()
  const today = useToday()
  return (
    <>
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

/** Up to when everything was searched, and the way further back. */
function ScopeLine({ search, older }: { search: Search; older: OlderMessages }) {
  const { time } = useFerry()
  const isOnline = useModel((model) => model.app?.state.connection.status === 'online')
  if (search.status !== 'found' || search.answer.problems.length > 0) return null
  const { isComplete } = search.answer
  const scope = isComplete ? { isComplete, hasOlder: false, backTo: null } : older.scope
  if (scope === null) return null
  return (
    <div className="search__scope">
      <p className="search__scope-words" aria-live="polite">
        {older.isFetching && <Spinner />}
        {describeScope(scope, time)}
        {scope.hasOlder && !isOnline && ', and can be searched once Ferry is online'}
        {older.failure !== null && `. Not fetched: ${describeFailure(older.failure)}`}
      </p>
      {older.isFetching && <Button onClick={older.stop}>Stop</Button>}
      {!older.isFetching && scope.hasOlder && isOnline && (
        <Button onClick={older.start}>Search older messages</Button>
      )}
    </div>
  )
}

function summarise(search: Search): string {
  switch (search.status) {
    case 'idle':
      return ''
    case 'searching':
      return answerOf(search).messages.length === 0 ? 'Searching…' : describeCount(answerOf(search))
    case 'found': {
      const { problems } = search.answer
      if (problems.length > 0) return problems.map(describeProblem).join('. ')
      return describeCount(search.answer)
    }
    case 'failed':
      return `Search does not work now: ${describeFailure(search.failure)}`
  }
}
