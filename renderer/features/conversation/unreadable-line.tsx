import { formatNumber } from '../../text/numbers.ts'

/** Says that something came and could not be read [O9]; the log may lack a message, or show an older state of one. */
export function UnreadableLine({ count }: { count: number }) {
  if (count === 0) return null
  const what = count === 1 ? 'One change' : `${formatNumber(count)} changes`
  return (
    <p className="unreadable-line" role="note" aria-label="Not everything could be read">
      {what} here could not be read. Nothing is lost: Ferry keeps what came and tries again with its
      next version.
    </p>
  )
}
