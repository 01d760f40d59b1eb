import { randomUUID } from 'node:crypto'
import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { Lost } from '../sync/outbox-lost.ts'

/** How many messages come back to the user at a stretch [S6]. */
const SLICE = 50

export interface RestoredPorts {
  readonly store: Pick<ProfileStore, 'ownMessagesAfter' | 'ownEditsSince' | 'messagesPage'>
  readonly self: Id
  readonly lost: (lost: Lost) => void
}

/**
 * Brings back to the user what a restored server has lost of one conversation, a slice a call; the newest first, as
 * each slice takes its place before all that waits. What came back before is passed over, so that it can be begun anew
 * after a kill.
 */
export function restoredStream(
  { store, self, lost }: RestoredPorts,
  conversation: Id,
  head: Cursor,
  lostSinceMs: number | null,
): () => 'more' | 'done' {
  const messages = store.ownMessagesAfter(conversation, self, head, lostSinceMs)
  const keys = new Map(messages.flatMap(({ id, key }) => (key === undefined ? [] : [[id, key]])))
  const since = lostSinceMs ?? newestUpTo(store, conversation, head)
  const isLost = new Set(messages.map(({ id }) => id))
  const edited = store
    .ownEditsSince(conversation, self, since)
    .filter((message) => !isLost.has(message.id))
  return () => {
    const edits = edited.splice(0, SLICE).map((message) => ({ message, key: randomUUID() }))
    const slice = messages.splice(-SLICE)
    if (edits.length > 0 || slice.length > 0) lost({ messages: slice, edits, keys })
    return edited.length === 0 && messages.length === 0 ? 'done' : 'more'
  }
}

/** The instant of the newest message that the server still has, in ms since the epoch: what was done after it is lost. */
function newestUpTo(
  store: Pick<ProfileStore, 'messagesPage'>,
  conversation: Id,
  head: Cursor,
): number {
  const bounds = { from: 0, before: head + 1, limit: 1 }
  const [newest]: readonly Message[] = store.messagesPage(conversation, bounds).messages
  return newest === undefined ? 0 : Date.parse(newest.createdAt)
}
