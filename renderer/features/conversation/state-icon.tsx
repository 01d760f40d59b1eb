import type { MessageView } from '../../../protocol/ipc/views.ts'
import { Glyph } from '../../ui/glyph.tsx'
import { useStateWords } from './state-words.tsx'

/** How far an own message has come, as a picture; the words are in the row for screen readers. */
export function StateIcon({ message }: { message: MessageView }) {
  const { state } = message
  return (
    <span className={`state-icon state-icon--${state}`} data-tooltip={useStateWords(message)}>
      <Glyph name={state} small />
    </span>
  )
}
