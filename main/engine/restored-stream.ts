import { randomUUID } from 'node:crypto'
import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { Lost } from '../sync/outbox-lost.ts'

/** How many of one's own messages are looked at in a stretch [S6]. */
const SLICE = 50
/** Far more than any edit window, in ms: what was written longer before cannot have been edited since. */
const EDITS_BACK_MS = 30 * 86_400_000

export interface RestoredPorts {
  readonly store: Pick<ProfileStore, 'ownPage' | 'lostAbove' | 'messagesPage' | 'messageById'>
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
  const above = store.lostAbove(conversation, head, lostSinceMs)
  const since = lostSinceMs ?? newestUpTo(store, conversation, head)
  const isLost = ({ seq, key }: Message): boolean => seq > above && key !== undefined
  const isLostEdit = ({ editedAt }: Message): boolean =>
    editedAt !== undefined && Date.parse(editedAt) >= since
  let before: number | null = null
  return () => {
    const page = store.ownPage(conversation, self, { from: 0, before, limit: SLICE })
    const messages = page.messages.filter(isLost)
    const edits = page.messages
      .filter((message) => !isLost(message) && isLostEdit(message))
      .map((message) => ({ message, key: randomUUID() }))
    const keys = quotedKeys(messages, (id) => {
      const quoted = store.messageById(id)
      const isOwn = quoted?.author === self && quoted.conversation === conversation
      return isOwn && isLost(quoted) ? quoted.key : undefined
    })
    if (edits.length + messages.length > 0) lost({ messages, edits, keys, newKey: randomUUID })
    before = page.lowest
    const oldest = page.messages.at(-1)
    const isOver = oldest !== undefined && oldest.seq <= above && writtenBefore(oldest, since)
    return before === null || page.rows < SLICE || isOver ? 'done' : 'more'
  }
}

/** Keys of the lost messages that these quote, by their ids. */
function quotedKeys(
  messages: readonly Message[],
  keyOf: (id: Id) => IdempotencyKey | undefined,
): Map<Id, IdempotencyKey> {
  const keys = new Map<Id, IdempotencyKey>()
  for (const { replyTo } of messages) {
    const key = replyTo === undefined ? undefined : keyOf(replyTo)
    if (replyTo !== undefined && key !== undefined) keys.set(replyTo, key)
  }
  return keys
}

/** Whether a message is too old to have been edited since this instant. */
function writtenBefore({ createdAt }: Message, since: number): boolean {
  return Date.parse(createdAt) < since - EDITS_BACK_MS
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
