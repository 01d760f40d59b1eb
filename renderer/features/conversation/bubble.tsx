import type { MessageView } from '../../../protocol/ipc/views.ts'
import { isolate } from '../../../protocol/model/names.ts'
import { BodyText } from './body-text.tsx'
import { useLogActions } from './log-actions.ts'
import { isEmojiOnly } from './rows.ts'
import { StateIcon } from './state-icon.tsx'

interface BubbleProps {
  message: MessageView
  /** When it was written, as it is shown. */
  clock: string
  /** Whether its buttons can be reached with Tab. */
  active: boolean
  /** It was jumped to. */
  highlighted: boolean
}

/** The text of a message with its time and state, or what is left of a deleted one. Text stays text: no markup. */
export function Bubble({ message, clock, active, highlighted }: BubbleProps) {
  const { body, replyTo } = message
  if (body === null) {
    return (
      <div className="bubble bubble--deleted">
        <span className="bubble__body">Message deleted</span>
        <Meta message={message} clock={clock} />
      </div>
    )
  }
  const large = replyTo === null && isEmojiOnly(body)
  return (
    <div className={large ? 'bubble bubble--emoji' : 'bubble'}>
      {replyTo !== null && <ReplyPreview replyTo={replyTo} active={active} />}
      <BodyText message={message} body={body} active={active} highlighted={highlighted} />
      <Meta message={message} clock={clock} />
    </div>
  )
}

function Meta({ message, clock }: Pick<BubbleProps, 'message' | 'clock'>) {
  const { createdAt, editedAt, body } = message
  return (
    <span className="bubble__meta">
      {editedAt !== null && body !== null && <span data-tooltip-at={editedAt}>edited</span>}
      <time dateTime={new Date(createdAt).toISOString()} data-tooltip-at={createdAt}>
        {clock}
      </time>
      {message.own && body !== null && <StateIcon message={message} />}
    </span>
  )
}

interface ReplyPreviewProps {
  replyTo: NonNullable<MessageView['replyTo']>
  active: boolean
}

/** What a message answers; of one that is deleted, or not on this computer, that is said. */
function ReplyPreview({ replyTo, active }: ReplyPreviewProps) {
  const actions = useLogActions()
  const author = replyTo.authorName === '' ? 'An earlier message' : replyTo.authorName
  const deleted = replyTo.authorName !== '' && replyTo.preview === ''
  const text = deleted ? 'Message deleted' : replyTo.preview
  return (
    <button
      type="button"
      className="reply-preview"
      tabIndex={active ? 0 : -1}
      aria-label={`Answers ${isolate(author)}: ${isolate(text)}`}
      onClick={() => actions.goTo(replyTo)}
    >
      <span className="reply-preview__author">
        <bdi>{author}</bdi>
      </span>
      <span className="reply-preview__text" dir="auto">
        {text}
      </span>
    </button>
  )
}
