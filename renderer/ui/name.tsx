import type { PersonName } from '../../protocol/model/names.ts'
import './name.css'

/** A name among other text: its direction is its own, and the username stands beside it where it takes that. */
export function Name({ name, handle }: PersonName) {
  return (
    <>
      <bdi>{name}</bdi>
      {handle !== undefined && (
        <span className="name-handle">
          {' '}
          <bdi>@{handle}</bdi>
        </span>
      )}
    </>
  )
}
