import { type FocusEvent, type KeyboardEvent, useState } from 'react'
import type { Id } from '../../../protocol/model/primitives.ts'

interface ListKeyboard {
  /** The one conversation that is a stop of the Tab key; null in an empty list. */
  readonly stop: Id | null
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void
}

/** Where a key leads from `index` in a list of `length`; null for keys that mean nothing to a list. */
export function stepOf(key: string, index: number, length: number): number | null {
  const last = length - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, last)
    case 'ArrowUp':
      return Math.max(index - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}

/**
 * The list is one stop of the Tab key, however long it is: arrows, Home and End go from one conversation to the next,
 * Enter opens it. The stop is the conversation that is shown, or where the keyboard went since. Buttons are found by
 * their `data-conversation`.
 */
export function useListKeyboard(order: readonly Id[], current: Id | null): ListKeyboard {
  const [visited, setVisited] = useState<{ id: Id | null; shown: Id | null } | null>(null)
  const wanted = (visited?.shown === current ? visited.id : null) ?? current
  const stop = wanted !== null && order.includes(wanted) ? wanted : (order[0] ?? null)

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const id = conversationOf(event.target)
    const from = id === null ? -1 : order.indexOf(id)
    const to = from === -1 ? null : stepOf(event.key, from, order.length)
    const next = to === null ? undefined : order[to]
    if (next === undefined) return
    event.preventDefault()
    event.currentTarget
      .querySelector<HTMLElement>(`[data-conversation="${CSS.escape(next)}"]`)
      ?.focus()
  }

  return {
    stop,
    onKeyDown,
    onFocus: (event) => setVisited({ id: conversationOf(event.target), shown: current }),
  }
}

function conversationOf(target: EventTarget): Id | null {
  return target instanceof Element ? target.getAttribute('data-conversation') : null
}
