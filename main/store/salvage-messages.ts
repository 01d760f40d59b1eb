import { isUserStream } from '../../protocol/model/primitives.ts'
import type { StreamCursor } from '../sync/storage.ts'
import type { PageBounds } from './messages-table.ts'
import type { ProfileStore } from './profile-store.ts'
import { StorageError } from './storage-error.ts'

/** Messages that are taken over of one conversation, and of all: the newest. Older ones are fetched when looked at. */
const MOST_OF_ONE = 400
const MOST_OF_ALL = 20_000
const PAGE = 100

type Source = Pick<ProfileStore, 'loadCursors' | 'fetchedFrom' | 'messagesPage'>
type Target = Pick<ProfileStore, 'putCursor' | 'setFetchedFrom' | 'putMessage'>

/**
 * Takes over the newest messages of each conversation, down to where they cannot be read: without a hole, so that what
 * is below is fetched like anything older. A conversation of which nothing can be read is told anew by the server.
 */
export function salvageMessages(from: Source, to: Target): void {
  let left = MOST_OF_ALL
  const cursors = readingOr(new Map<string, StreamCursor>(), () => from.loadCursors())
  for (const [conversation, { applied, floor }] of cursors) {
    // What the user belongs to is told anew: it is short, and says which conversations there are.
    if (isUserStream(conversation)) continue
    if (left <= 0) return
    const taken = takeNewest(from, to, conversation, Math.min(left, MOST_OF_ONE))
    left -= taken.count
    if (taken.isWhole) {
      to.putCursor(conversation, { applied, floor })
      const fetchedFrom = from.fetchedFrom(conversation)
      if (fetchedFrom !== null) to.setFetchedFrom(conversation, fetchedFrom)
    } else if (taken.lowest !== null) {
      to.putCursor(conversation, { applied, floor: Math.max(floor, taken.lowest) })
      to.setFetchedFrom(conversation, taken.lowest)
    }
  }
}

interface Taken {
  readonly count: number
  /** Lowest seq that was taken; null for none. */
  readonly lowest: number | null
  readonly isWhole: boolean
}

function takeNewest(from: Source, to: Target, conversation: string, most: number): Taken {
  let count = 0
  let lowest: number | null = null
  let limit = PAGE
  while (count < most) {
    const bounds: PageBounds = { from: 0, before: lowest, limit }
    const page = readingOr(null, () => from.messagesPage(conversation, bounds))
    if (page === null || page.unreadable.length > 0) {
      if (limit === 1) return { count, lowest, isWhole: false }
      // Some of the page are above the damage.
      limit = 1
      continue
    }
    for (const message of page.messages) to.putMessage(message)
    count += page.rows
    lowest = page.lowest ?? lowest
    if (page.rows < limit) return { count, lowest, isWhole: true }
  }
  return { count, lowest, isWhole: false }
}

/** What is read, or `fallback` where the database breaks off. */
function readingOr<T>(fallback: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof StorageError && error.reason === 'corrupt') return fallback
    throw error
  }
}
