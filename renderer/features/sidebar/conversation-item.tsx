import { CircleAlert, Clock3 } from 'lucide-react'
import { memo, useEffect, useId, useRef } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { avatarIdOf, otherMember, selfId } from '../../state/selectors.ts'
import { count } from '../../text/numbers.ts'
import { Avatar } from '../../ui/avatar.tsx'

interface ConversationItemProps {
  id: string
  /** Start of the current day, ms since the epoch. */
  today: number
  /** Whether Tab comes here; arrows lead from there to the others. */
  stop: boolean
  onSelect: (id: string) => void
}

/** Most unread messages that are counted out on the badge. */
const MAX_BADGE = 99

/** One conversation of the list, named by its name; what is unread is its description. */
export const ConversationItem = memo(function ConversationItem({
  id,
  today,
  stop,
  onSelect,
}: ConversationItemProps) {
  const { time } = useFerry()
  const view = useModel((model) => model.conversations.byId.get(id))
  const current = useModel((model) => model.current === id)
  const self = useModel(selfId)
  const typing = useModel((model) => model.typing.has(id))
  const descriptionId = useId()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  if (view === undefined) return null
  const { name, unread, lastMessage, draft, member } = view
  const preview = previewOf(view, current, typing)
  return (
    <li>
      <button
        ref={button}
        type="button"
        className="conversation-item"
        data-conversation={id}
        tabIndex={stop ? 0 : -1}
        aria-label={name}
        data-tooltip-clipped={name}
        aria-current={current ? 'true' : undefined}
        aria-describedby={descriptionId}
        data-unread={unread > 0 && !current ? 'true' : undefined}
        onClick={() => onSelect(id)}
      >
        <Avatar
          id={avatarIdOf(view, self)}
          name={name}
          size="large"
          group={view.kind === 'group'}
          online={otherMember(view, self)?.online ?? false}
        />
        <span className="conversation-item__words" aria-hidden="true">
          <span className="conversation-item__line">
            <span className="conversation-item__name" data-clip="true">
              {name}
            </span>
            {lastMessage !== null && (
              <span className="conversation-item__time">{time.short(lastMessage.at, today)}</span>
            )}
          </span>
          <span className="conversation-item__line">
            <span className="conversation-item__preview" dir="auto">
              {!typing && draft !== '' && !current && (
                <span className="conversation-item__draft">Draft: </span>
              )}
              {preview}
            </span>
            <PendingIcon pending={view.pending} />
            {unread > 0 && (
              <span className="conversation-item__badge">
                {unread > MAX_BADGE ? `${MAX_BADGE}+` : unread}
              </span>
            )}
          </span>
        </span>
      </button>
      <span id={descriptionId} hidden>
        {unread > 0 ? `${count(unread, 'unread message')}. ` : ''}
        {describePending(view.pending)}
        {member ? '' : 'You are no longer a member. '}
        {preview}
      </span>
    </li>
  )
})

/** That something here has not arrived; what is only on its way shows after a moment. */
function PendingIcon({ pending: { waiting, failed } }: Pick<ConversationView, 'pending'>) {
  if (failed > 0) return <CircleAlert className="conversation-item__failed" size={14} />
  if (waiting > 0) return <Clock3 className="conversation-item__waiting" size={14} />
  return null
}

/** The same in words: `1 change failed. 2 changes wait. `. */
export function describePending({ waiting, failed }: ConversationView['pending']): string {
  const parts = [
    ...(failed > 0 ? [`${count(failed, 'change')} not delivered. `] : []),
    ...(waiting > 0 ? [`${count(waiting, 'change waits', 'changes wait')} to be sent. `] : []),
  ]
  return parts.join('')
}

function previewOf(view: ConversationView, current: boolean, typing: boolean): string {
  if (typing) return 'typing…'
  if (view.draft !== '' && !current) return view.draft
  const { lastMessage } = view
  if (lastMessage === null) return 'No messages yet'
  if (lastMessage.own) return `You: ${lastMessage.preview}`
  return view.kind === 'group'
    ? `${lastMessage.authorName}: ${lastMessage.preview}`
    : lastMessage.preview
}
