import { useContext, useState } from 'react'
import type { MessageView } from '../../../protocol/ipc/views.ts'
import { directionOf } from '../../../protocol/model/names.ts'
import { isBlank } from '../../../protocol/text/visible.ts'
import { folded, UnfoldedContext } from './fold.ts'

interface BodyTextProps {
  message: MessageView
  body: string
  /** Whether its button can be reached with Tab. */
  active: boolean
  /** It was jumped to: then all of it is in sight. */
  highlighted: boolean
}

/** What a message says; a long one is folded until the user wants the rest. */
export function BodyText({ message, body, active, highlighted }: BodyTextProps) {
  const unfolded = useContext(UnfoldedContext)
  const [isOpen, setOpen] = useState(unfolded.has(message.key))
  const beginning = folded(body)
  if (isBlank(body)) {
    return <span className="bubble__body bubble__nothing">Message without visible text</span>
  }
  const isWhole = beginning === null || isOpen || highlighted
  const shown = isWhole ? body : beginning
  const isRightToLeft = shown.split('\n', 50).some((line) => directionOf(line) === 'rtl')

  function toggle(): void {
    if (isWhole) unfolded.delete(message.key)
    else unfolded.add(message.key)
    setOpen(!isWhole)
  }

  return (
    <>
      <span
        className={
          isRightToLeft
            ? 'bubble__body bubble__body--paragraphs selectable'
            : 'bubble__body selectable'
        }
        dir="auto"
      >
        {shown}
        {!isWhole && '…'}
      </span>
      {beginning !== null && (
        <button
          type="button"
          className="bubble__fold"
          aria-expanded={isWhole}
          tabIndex={active ? 0 : -1}
          onClick={toggle}
        >
          {isWhole ? 'Show less' : 'Show more'}
        </button>
      )}
    </>
  )
}
