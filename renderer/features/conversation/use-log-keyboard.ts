import { type FocusEvent, type KeyboardEvent, type RefObject, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useStable } from '../../app/ferry-context.tsx'
import type { Row } from './rows.ts'

interface LogKeyboardOptions {
  rows: readonly Row[]
  scroller: RefObject<HTMLDivElement | null>
  virtual: RefObject<VirtualizerHandle | null>
  /** Gives the focus to the composer. */
  onLeave: () => void
}

interface LogKeyboard {
  /** Index of the message the keyboard is on, or would come to: the newest at first; -1 in an empty log. */
  activeIndex: number
  focusRow: (index: number) => void
  onKeyDown: (event: KeyboardEvent) => void
  onFocus: (event: FocusEvent) => void
}

/** How many frames a row may take to appear after it was scrolled to. */
const MAX_FRAMES = 20

/**
 * The log is one stop of the Tab key: arrows go from message to message, Tab into the buttons of the one that has the
 * focus, Escape and any letter back to the composer.
 */
export function useLogKeyboard(options: LogKeyboardOptions): LogKeyboard {
  const { rows, scroller, virtual } = options
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const chosen = rows.findIndex((row) => row.entry.message.key === activeKey)
  const activeIndex = chosen === -1 ? rows.length - 1 : chosen

  const focusRow = useStable((index: number): void => {
    const key = rows[index]?.entry.message.key
    if (key === undefined) return
    setActiveKey(key)
    let frames = 0
    const tryFocus = (): void => {
      const article = scroller.current?.querySelector<HTMLElement>(
        `article[data-message-key="${CSS.escape(key)}"]`,
      )
      if (article !== null && article !== undefined) {
        article.focus({ preventScroll: true })
        if (document.activeElement === article) return
      }
      frames += 1
      if (frames < MAX_FRAMES) window.requestAnimationFrame(tryFocus)
    }
    window.requestAnimationFrame(tryFocus)
  })

  function step(by: 1 | -1): void {
    const to = Math.min(Math.max(activeIndex + by, 0), rows.length - 1)
    if (to === activeIndex) return
    virtual.current?.scrollToIndex(to, { align: 'nearest' })
    focusRow(to)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const onRow = event.target instanceof Element && event.target.matches('article')
    if (event.ctrlKey || event.metaKey || event.altKey) return
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
        if (!onRow) return
        event.preventDefault()
        step(event.key === 'ArrowUp' ? -1 : 1)
        return
      case 'Escape':
        event.preventDefault()
        options.onLeave()
        return
      default:
        // Whoever starts to type means the composer; the letter follows the focus.
        if (onRow && event.key.length === 1 && event.key !== ' ') options.onLeave()
    }
  }

  function onFocus(event: FocusEvent): void {
    if (!(event.target instanceof Element)) return
    const article = event.target.closest<HTMLElement>('article')
    const key = article?.getAttribute('data-message-key') ?? undefined
    if (key !== undefined) setActiveKey(key)
  }

  return { activeIndex, focusRow, onKeyDown, onFocus }
}
