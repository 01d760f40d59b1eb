import type { MessageView } from '../../../protocol/ipc/views.ts'
import { describeState } from '../../text/describe-status.ts'
import { Glyph } from '../../ui/glyph.tsx'

/** How far an own message has come, as a picture; the words are in the row for screen readers. */
export function StateIcon({ message }: { message: MessageView }) {
  const { state } = message
  return (
    <span className={`state-icon state-icon--${state}`} data-tooltip={describeState(message)}>
      <Glyph name={state} small />
    </span>
  )
}
