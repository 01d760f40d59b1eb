import { Search as SearchIcon, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from 'react'
import { isolate } from '../../../protocol/model/names.ts'
import { useFerry, useModel, useStable } from '../../app/ferry-context.tsx'
import { commandLabel } from '../../app/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { groupsOf, type SearchItem, selectedIndex } from './search-items.ts'
import { optionId, SearchResults } from './search-results.tsx'
import { useOlder } from './use-older.ts'
import { useRefresh } from './use-refresh.ts'
import { answerOf, MAX_QUERY_LENGTH, useSearch } from './use-search.ts'
import { useServerPeople } from './use-server-people.ts'
import './search.css'

interface SearchBoxProps {
  inputRef: RefObject<HTMLInputElement | null>
  /** Gives the focus back to where one writes. */
  onLeave: () => void
}

/** Search over conversations, people and messages: arrows choose, Enter goes there, Escape leaves. */
export function SearchBox({ inputRef, onLeave }: SearchBoxProps) {
  const platform = useModel((model) => model.app?.state.platform ?? 'linux')
  const [query, setQuery] = useState('')
  /** Key of the item that was chosen; null before one was. */
  const [chosen, setChosen] = useState<string | null>(null)
  const { search, again } = useSearch(query)
  const answer = answerOf(search)
  const groups = groupsOf(answer, useServerPeople(query))
  const items = groups.flatMap((group) => group.items)
  const older = useOlder(query, search.status === 'found' && !answer.isComplete, again)
  const listId = useId()
  const [eager, setEager] = useState(false)
  const index = selectedIndex(items, chosen, answer)
  const openItem = useOpenItem()

  const leave = useStable((): void => {
    setQuery('')
    setChosen(null)
    onLeave()
  })

  const expanded = search.status !== 'idle'
  // What arrives while one looks is found too: a new device is still catching up.
  useRefresh(expanded, () => {
    again()
    older.look()
  })
  // From wherever in the panel the focus is.
  useEffect(() => {
    if (!expanded) return
    const onEscape = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      event.preventDefault()
      leave()
    }
    document.addEventListener('keydown', onEscape)
    return () => document.removeEventListener('keydown', onEscape)
  }, [expanded, leave])

  function open(item: SearchItem): void {
    leave()
    void openItem(item)
  }

  const openAt = useStable((at: number): void => {
    const item = items[at]
    if (item !== undefined) open(item)
  })

  useEffect(() => {
    if (!eager || search.status === 'searching') return
    setEager(false)
    openAt(0)
  }, [eager, search.status, openAt])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const step = (to: number): void => {
      event.preventDefault()
      setChosen(items[Math.min(Math.max(to, 0), items.length - 1)]?.key ?? null)
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
        if (search.status === 'searching' && chosen === null) setEager(true)
        else openAt(index)
        break
    }
  }

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
          aria-activedescendant={items.length === 0 ? undefined : optionId(listId, index)}
          placeholder="Search"
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          maxLength={MAX_QUERY_LENGTH}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setChosen(null)
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
          groups={groups}
          older={older}
          selected={index}
          onHover={setChosen}
          onOpen={open}
          onDismiss={leave}
        />
      )}
    </div>
  )
}

/** Goes to what was found; to a person by a conversation of two, which is made if there is none. */
function useOpenItem(): (item: SearchItem) => Promise<void> {
  const { api, controller, composers, newKey } = useFerry()

  function show(conversation: string): void {
    controller.select(conversation)
    composers.send(conversation, { type: 'focus' })
  }

  return async (item) => {
    switch (item.kind) {
      case 'conversation':
        show(item.id)
        return
      case 'person': {
        const { username, name } = item
        const created = api.createConversation({ key: newKey(), usernames: [username] })
        const answered = await controller.perform(`No conversation with ${isolate(name)}`, created)
        if (!answered) return
        const answer = await created
        if (answer.ok) show(answer.value.conversation)
        return
      }
      case 'message': {
        const { conversation, message, seq } = item.result
        controller.select(conversation.id)
        if (seq !== null) await controller.jumpToSeq(conversation.id, seq, message)
        else await controller.jumpToKey(conversation.id, message)
      }
    }
  }
}
