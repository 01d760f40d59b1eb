import type { MessageState } from '../../../protocol/ipc/views.ts'
import { STATE_WORDS } from '../../text/describe-status.ts'
import { Glyph } from '../../ui/glyph.tsx'

/** How far an own message has come, as a picture; the words are in the row for screen readers. */
export function StateIcon({ state }: { state: MessageState }) {
  return (
    <span className={`state-icon state-icon--${state}`} data-tooltip={STATE_WORDS[state]}>
      <Glyph name={state} small />
    </span>
  )
}
