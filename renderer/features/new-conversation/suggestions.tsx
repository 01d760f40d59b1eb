import type { User } from '../../../protocol/model/user.ts'
import { Avatar } from '../../ui/avatar.tsx'
import './suggestions.css'

interface SuggestionsProps {
  /** The field names this list by it, and its options by `ID-INDEX`. */
  id: string
  users: readonly User[]
  chosen: number
  onTake: (user: User) => void
}

/** People under a field, of whom one can be taken; the field keeps the focus. */
export function Suggestions({ id, users, chosen, onTake }: SuggestionsProps) {
  return (
    <div id={id} role="listbox" aria-label="Suggestions" className="suggestions">
      {users.map((user, i) => (
        <div
          key={user.id}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === chosen}
          className="suggestions__option"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(user)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onTake(user)
          }}
        >
          <Avatar id={user.id} name={user.displayName} size="small" />
          <span className="suggestions__name">
            <bdi>{user.displayName}</bdi>
          </span>
          <span className="suggestions__username">
            <bdi>@{user.username}</bdi>
          </span>
        </div>
      ))}
    </div>
  )
}
