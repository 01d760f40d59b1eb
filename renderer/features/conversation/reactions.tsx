import type { MessageView, ReactionView } from '../../../protocol/ipc/views.ts'
import { nameLine } from '../../../protocol/model/names.ts'
import { useLogActions } from './log-actions.ts'

/** The emoji that are offered; any other that someone else used can be joined. */
export const QUICK_EMOJI = [
  { emoji: '👍', label: 'Thumbs up' },
  { emoji: '❤️', label: 'Heart' },
  { emoji: '😂', label: 'Laughing' },
  { emoji: '🎉', label: 'Celebrating' },
  { emoji: '😮', label: 'Surprised' },
  { emoji: '😢', label: 'Sad' },
] as const

interface ReactionsProps {
  message: MessageView
  active: boolean
  disabled: boolean
}

/** Who reacted how; pressing one joins or leaves it. */
export function Reactions({ message, active, disabled }: ReactionsProps) {
  const actions = useLogActions()
  return (
    <ul className="reactions" aria-label="Reactions">
      {message.reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <button
            type="button"
            className="reaction"
            aria-pressed={reaction.mine}
            aria-label={`${reaction.emoji} ${namesOf(reaction)}`}
            data-tooltip={namesOf(reaction)}
            disabled={disabled}
            tabIndex={active ? 0 : -1}
            onClick={() => actions.react(message, reaction.emoji, !reaction.mine)}
          >
            <span className="reaction__emoji">{reaction.emoji}</span>
            <span className="reaction__count">{reaction.users.length}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Most names that are written out. */
const MAX_NAMES = 6

function namesOf({ users }: ReactionView): string {
  const names = users.slice(0, MAX_NAMES).map(nameLine)
  const more = users.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}
