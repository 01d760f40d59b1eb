import { useLayoutEffect, useRef } from 'react'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { UNDO_WORDS } from '../../text/describe-status.ts'
import { Button } from '../../ui/button.tsx'
import './undo-bar.css'

const NONE: readonly never[] = []

/**
 * What was deleted or thrown away just now, each with the way back, for as long as there is one. Read out by the one
 * live region (see reduce.ts), as a status that comes with its text is not by every screen reader.
 */
export function UndoBar() {
  const { api, composers, controller } = useFerry()
  const undoable = useModel((model) => model.app?.state.undoable ?? NONE)
  const current = useModel((model) => model.current)
  const bar = useRef<HTMLDivElement>(null)
  useAboveComposer(bar, undoable.length > 0, current)

  /** The button goes with what it undid: whoever pressed it goes on writing. */
  function undo(key: string): void {
    void controller.perform('Not undone', api.undo({ key }))
    if (current !== null) composers.send(current, { type: 'focus' })
  }

  return (
    <div ref={bar} className="undo-bar">
      <div className="undo-bar__list">
        {undoable.map(({ key, what }) => (
          <div
            key={key}
            className="undo-bar__item"
            role="status"
            aria-live="off"
            aria-label={UNDO_WORDS[what]}
          >
            <span>{UNDO_WORDS[what]}</span>
            <Button small onClick={() => undo(key)}>
              Undo
            </Button>
          </div>
        ))}
      </div>
    </div>
  )
}

/** Keeps the bar above the box to write in, however high that is; at the bottom where there is none. */
function useAboveComposer(
  bar: { readonly current: HTMLElement | null },
  isShown: boolean,
  conversation: string | null,
): void {
  useLayoutEffect(() => {
    const { current: element } = bar
    const composer = conversation === null ? null : document.querySelector('.composer')
    if (element === null || !isShown) return
    const place = (): void => {
      const height = composer?.getBoundingClientRect().height ?? 0
      element.style.setProperty('--undo-bar-lift', `${height}px`)
    }
    place()
    if (composer === null) return
    const observer = new ResizeObserver(place)
    observer.observe(composer)
    return () => observer.disconnect()
  }, [bar, isShown, conversation])
}
