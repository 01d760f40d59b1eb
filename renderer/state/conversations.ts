import type { ConversationView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'

/** The conversations that are known, and the order in which the list shows them. */
export interface Conversations {
  readonly byId: ReadonlyMap<Id, ConversationView>
  /** Most recently active first. */
  readonly order: readonly Id[]
}

export const NO_CONVERSATIONS: Conversations = { byId: new Map(), order: [] }

/** Adds or replaces `upserted` and takes `removed` away. The order object stays the same unless the order changed. */
export function applyConversations(
  conversations: Conversations,
  upserted: readonly ConversationView[],
  removed: readonly Id[],
): Conversations {
  const byId = new Map(conversations.byId)
  for (const view of upserted) byId.set(view.id, view)
  for (const id of removed) byId.delete(id)
  const order = [...byId.values()]
    .sort(
      (a, b) => b.activeAt - a.activeAt || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
    )
    .map((view) => view.id)
  const same =
    order.length === conversations.order.length &&
    order.every((id, i) => id === conversations.order[i])
  return { byId, order: same ? conversations.order : order }
}

/** The neighbour of `current` in the list (`step` 1: below, -1: above); stays at the ends. */
export function neighbour(
  conversations: Conversations,
  current: Id | null,
  step: 1 | -1,
): Id | undefined {
  const at = current === null ? -1 : conversations.order.indexOf(current)
  if (at === -1) return conversations.order[step === 1 ? 0 : conversations.order.length - 1]
  return conversations.order[at + step] ?? conversations.order[at]
}
