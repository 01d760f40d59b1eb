import { Search as SearchIcon, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from 'react'
import type { SearchResult } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { commandLabel } from '../../app/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { optionId, SearchResults } from './search-results.tsx'
import { MAX_QUERY_LENGTH, resultsOf, useSearch } from './use-search.ts'
import './search.css'

interface SearchBoxProps {
  inputRef: RefObject<HTMLInputElement | null>
  /** Gives the focus back to where one writes. */
  onLeave: () => void
}

/** Search over all messages: arrows choose, Enter goes there, Escape leaves. */
export function SearchBox({ inputRef, onLeave }: SearchBoxProps) {
  const { controller } = useFerry()
  const platform = useModel((model) => model.app?.state.platform ?? 'linux')
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const search = useSearch(query)
  const results = resultsOf(search)
  const listId = useId()
  const [eager, setEager] = useState(false)
  const index = Math.min(chosen, results.length - 1)

  function leave(): void {
    setQuery('')
    setChosen(0)
    onLeave()
  }

  async function open(result: SearchResult): Promise<void> {
    const { conversation, message, seq } = result
    setQuery('')
    setChosen(0)
    controller.select(conversation.id)
    onLeave()
    if (seq !== null) await controller.jumpToSeq(conversation.id, seq, message)
    else await controller.jumpToKey(conversation.id, message)
  }

  const openAt = useStable((at: number): void => {
    const result = results[at]
    if (result !== undefined) void open(result)
  })

  useEffect(() => {
    if (!eager || search.status === 'searching') return
    setEager(false)
    openAt(0)
  }, [eager, search.status, openAt])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const last = results.length - 1
    const step = (to: number): void => {
      event.preventDefault()
      setChosen(Math.min(Math.max(to, 0), Math.max(last, 0)))
    }
    switch (event.key) {
      case 'ArrowDown':
        step(index + 1)
        break
      case 'ArrowUp':
        step(index - 1)
        break
      case 'Escape':
        event.preventDefault()
        leave()
        break
      case 'Enter':
        event.preventDefault()
        // What is on screen while searching may be of the query before.
        if (search.status === 'searching' && chosen === 0) setEager(true)
        else openAt(index)
        break
    }
  }

  const expanded = search.status !== 'idle'
  const selected = results[index]
  return (
    <div className="search">
      <div className="search__box">
        <SearchIcon size={15} />
        <input
          ref={inputRef}
          type="search"
          className="search__input"
          aria-label="Search messages"
          aria-controls={expanded ? listId : undefined}
          aria-activedescendant={selected === undefined ? undefined : optionId(listId, index)}
          placeholder="Search"
          autoComplete="off"
          spellCheck={false}
          maxLength={MAX_QUERY_LENGTH}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setChosen(0)
            setEager(false)
          }}
          onKeyDown={onKeyDown}
        />
        {query === '' ? (
          <span className="search__shortcut" aria-hidden="true">
            {commandLabel('K', platform)}
          </span>
        ) : (
          <IconButton label="Clear search" small onClick={leave}>
            <X size={14} />
          </IconButton>
        )}
      </div>
      {expanded && (
        <SearchResults
          id={listId}
          search={search}
          selected={index}
          onHover={setChosen}
          onOpen={(result) => void open(result)}
          onDismiss={leave}
        />
      )}
    </div>
  )
}
