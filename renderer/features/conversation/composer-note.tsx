import { withoutBlankLines } from '../../../protocol/text/visible.ts'
import { useModel } from '../../app/ferry-context.tsx'
import type { ComposerState } from '../../state/composer.ts'
import { oversize } from '../../text/body-size.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { formatNumber } from '../../text/numbers.ts'

interface ComposerNoteProps {
  state: ComposerState
  /** Largest body in bytes; null while that is not known. */
  limit: number | null
}

/** What stands in the way of the text in the box; the text itself always stays there [O12]. */
export function ComposerNote({ state, limit }: ComposerNoteProps) {
  const waiting = useModel((model) => model.app?.state.outbox.waiting ?? 0)
  const most = useModel((model) => model.app?.state.outbox.limit ?? Number.POSITIVE_INFINITY)
  const note = describe(state, limit, waiting, most)
  return (
    <>
      <div id="composer-note">
        {note !== null && <p className="composer__note">{note.shown}</p>}
      </div>
      <div className="visually-hidden" aria-live="polite">
        {note?.spoken}
      </div>
    </>
  )
}

/** `spoken`: what a screen reader hears when it changes; not the size, which does with every key. */
interface Note {
  readonly shown: string
  readonly spoken: string
}

function describe(
  state: ComposerState,
  limit: number | null,
  waiting: number,
  most: number,
): Note | null {
  const { refusal, text, mode } = state
  if (waiting >= most || refusal?.code === 'outbox_full') {
    return same(
      `The outbox is full: ${formatNumber(most)} changes are waiting. Your text stays here until some have been delivered.`,
    )
  }
  if (refusal !== null) {
    return same(
      `${mode.kind === 'edit' ? 'Not saved' : 'Not sent'}. ${describeFailure(refusal)}. Your text is still here.`,
    )
  }
  const bytes = limit === null ? null : oversize(withoutBlankLines(text), limit)
  if (bytes === null || limit === null) return null
  const tooLong = describeFailure({ code: 'too_large', size: { bytes, limit } })
  return {
    shown: `${tooLong}. It would not be delivered like this.`,
    spoken: 'Too long to be delivered',
  }
}

const same = (text: string): Note => ({ shown: text, spoken: text })
