import { memo } from 'react'
import { avatarColour, initials, rankColour } from './initials.ts'
import './avatar.css'

interface AvatarProps {
  id: string
  name: string
  size?: 'small' | 'medium' | 'large'
  group?: boolean
  online?: boolean
  /** Which of those with this name it is: they differ by colour. */
  rank?: number | undefined
}

/** The initials of someone or something on its colour. Decoration: the name always stands beside it as text. */
export const Avatar = memo(function Avatar({
  id,
  name,
  size = 'medium',
  group = false,
  online = false,
  rank,
}: AvatarProps) {
  const className = [
    'avatar',
    `avatar--${rank === undefined ? avatarColour(id) : rankColour(rank)}`,
    size === 'medium' ? '' : `avatar--${size}`,
    group ? 'avatar--group' : '',
  ]
    .filter(Boolean)
    .join(' ')
  return (
    <span className={className} aria-hidden="true">
      {initials(name)}
      {online && <span className="avatar__online" />}
    </span>
  )
})
