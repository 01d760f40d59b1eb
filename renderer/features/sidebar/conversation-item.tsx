import { CircleAlert, Clock3 } from 'lucide-react'
import { memo, useEffect, useId, useRef } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { directionOf, isolate } from '../../../protocol/model/names.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import type { Model } from '../../state/model.ts'
import { avatarIdOf, otherMember, selfId } from '../../state/selectors.ts'
import { count } from '../../text/numbers.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { describeTypistsShortly } from '../conversation/typing-line.tsx'

interface ConversationItemProps {
  id: string
  /** Start of the current day, ms since the epoch. */
  today: number
  /** Whether Tab comes here; arrows lead from there to the others. */
  stop: boolean
  onSelect: (id: string) => void
}

type Typists = ReturnType<Model['typing']['get']>

/** Most unread messages that are counted out on the badge. */
const MAX_BADGE = 99

/** How many are unread; with a plus where there may be more. */
function badgeOf({ unread, isUnreadAtLeast }: ConversationView): string {
  if (unread > MAX_BADGE) return `${MAX_BADGE}+`
  return isUnreadAtLeast ? `${unread}+` : `${unread}`
}

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
  const typing = useModel((model) => model.typing.get(id))
  const descriptionId = useId()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  if (view === undefined) return null
  const { name, unread, isUnreadAtLeast, lastMessage, member } = view
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
          rank={otherMember(view, self)?.rank}
        />
        <span className="conversation-item__words" aria-hidden="true">
          <span className="conversation-item__line">
            <span className="conversation-item__name" data-clip="true" dir={directionOf(name)}>
              <bdi>{name}</bdi>
            </span>
            {lastMessage !== null && (
              <span className="conversation-item__time">{time.short(lastMessage.at, today)}</span>
            )}
          </span>
          <span className="conversation-item__line">
            <span className="conversation-item__preview" dir={directionOf(preview.text)}>
              {preview.by !== null && (
                <span className={preview.isDraft ? 'conversation-item__draft' : undefined}>
                  <bdi>{preview.by}</bdi>:{' '}
                </span>
              )}
              <bdi>{preview.text}</bdi>
            </span>
            <PendingIcon pending={view.pending} />
            {unread > 0 && <span className="conversation-item__badge">{badgeOf(view)}</span>}
          </span>
        </span>
      </button>
      <span id={descriptionId} hidden>
        {unread > 0
          ? `${isUnreadAtLeast ? 'At least ' : ''}${count(unread, 'unread message')}. `
          : ''}
        {describePending(view.pending)}
        {member ? '' : 'You are no longer a member. '}
        {preview.by === null ? '' : `${isolate(preview.by)}: `}
        {isolate(preview.text)}
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
function describePending({ waiting, failed }: ConversationView['pending']): string {
  const parts = [
    ...(failed > 0 ? [`${count(failed, 'change')} not delivered. `] : []),
    ...(waiting > 0 ? [`${count(waiting, 'change waits', 'changes wait')} to be sent. `] : []),
  ]
  return parts.join('')
}

/** One line about a conversation: who said it, where that needs saying, and what. */
interface Preview {
  readonly by: string | null
  readonly text: string
  readonly isDraft: boolean
}

function previewOf(view: ConversationView, current: boolean, typing: Typists): Preview {
  const plain = (text: string, by: string | null = null) => ({ by, text, isDraft: false })
  if (typing !== undefined) {
    return plain(view.kind === 'group' ? describeTypistsShortly(typing) : 'typing…')
  }
  if (view.draft !== '' && !current) return { by: 'Draft', text: view.draft, isDraft: true }
  const { lastMessage } = view
  if (lastMessage === null) return plain('No messages yet')
  const { own, preview, authorName } = lastMessage
  if (own) return plain(preview, 'You')
  return plain(preview, view.kind === 'group' ? authorName : null)
}
