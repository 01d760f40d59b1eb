import { memo } from 'react'
import type { MessageView } from '../../../protocol/ipc/views.ts'
import { nameLine } from '../../../protocol/model/names.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Glyph, type GlyphName } from '../../ui/glyph.tsx'
import { Name } from '../../ui/name.tsx'
import { Bubble } from './bubble.tsx'
import { useLogActions } from './log-actions.ts'
import { PendingLine } from './pending-line.tsx'
import { Reactions } from './reactions.tsx'
import { StateWords } from './state-words.tsx'

export interface MessageArticleProps {
  message: MessageView
  /** performance.now() when it was told. */
  receivedAt: number
  startsGroup: boolean
  endsGroup: boolean
  /** Names and pictures of authors are drawn where more than one other may write. */
  showAuthors: boolean
  /** The message the keyboard is on: its buttons can be reached with Tab. */
  active: boolean
  highlighted: boolean
  /** false where the user is no longer a member: nothing can be changed. */
  writable: boolean
}

/** One message, whole: text, state, reactions, and everything that can be done with it. */
export const MessageArticle = memo(function MessageArticle(props: MessageArticleProps) {
  const { message, startsGroup, endsGroup, showAuthors, highlighted } = props
  const { time } = useFerry()
  const { own, author, state } = message
  const clock = time.clock(message.createdAt)
  const withAuthor = showAuthors && !own
  const className = [
    'message',
    own ? 'message--own' : 'message--other',
    startsGroup ? 'message--starts' : '',
    endsGroup ? 'message--ends' : '',
    highlighted ? 'message--highlighted' : '',
  ]
    .filter(Boolean)
    .join(' ')
  return (
    <article
      className={className}
      data-message-key={message.key}
      data-state={state}
      aria-label={`${own ? 'You' : nameLine(author)}, ${clock}`}
      // One message at a time is a stop of the Tab key; arrows go from one to the next.
      tabIndex={props.active ? 0 : -1}
    >
      {withAuthor && (
        <span className="message__avatar">
          {endsGroup && (
            <Avatar id={author.id} name={author.name} size="small" rank={author.rank} />
          )}
        </span>
      )}
      <div className="message__column">
        {withAuthor && startsGroup && (
          <span className="message__author">
            <Name {...author} />
          </span>
        )}
        <div className="message__line">
          <Bubble message={message} clock={clock} active={props.active} highlighted={highlighted} />
          {message.body !== null && <Toolbar {...props} />}
        </div>
        {message.reactions.length > 0 && (
          <Reactions message={message} active={props.active} disabled={!props.writable} />
        )}
        <StateWords message={message} />
        <Pending {...props} />
      </div>
    </article>
  )
})

function Pending({ message, receivedAt }: MessageArticleProps) {
  const actions = useLogActions()
  const { pending } = message
  if (pending === null) return null
  const editable =
    message.body !== null &&
    (pending.kind === 'send' || (pending.kind === 'edit' && message.editable))
  return (
    <PendingLine
      operation={pending}
      receivedAt={receivedAt}
      onEdit={editable ? () => actions.edit(message) : null}
    />
  )
}

function Toolbar({ message, active, writable }: MessageArticleProps) {
  const actions = useLogActions()
  const tabIndex = active ? 0 : -1
  const arrived = message.id !== null
  return (
    <div className="message__toolbar">
      {writable && arrived && (
        <>
          <ToolButton
            label="React"
            tabIndex={tabIndex}
            menu
            onClick={(button) => actions.openReactions(message, button)}
            glyph="react"
          />
          <ToolButton
            label="Reply"
            tabIndex={tabIndex}
            onClick={() => actions.reply(message)}
            glyph="reply"
          />
        </>
      )}
      {message.own ? (
        <ToolButton
          label="Message actions"
          tabIndex={tabIndex}
          menu
          onClick={(button) => actions.openMenu(message, button)}
          glyph="more"
        />
      ) : (
        <ToolButton
          label="Copy text"
          tabIndex={tabIndex}
          onClick={() => actions.copy(message)}
          glyph="copy"
        />
      )}
    </div>
  )
}

interface ToolButtonProps {
  label: string
  tabIndex: number
  glyph: GlyphName
  menu?: boolean
  onClick: (button: HTMLElement) => void
}

function ToolButton({ label, tabIndex, glyph, menu = false, onClick }: ToolButtonProps) {
  return (
    <button
      type="button"
      className="icon-button icon-button--small"
      aria-label={label}
      aria-haspopup={menu ? 'menu' : undefined}
      data-tooltip={label}
      tabIndex={tabIndex}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <Glyph name={glyph} />
    </button>
  )
}
