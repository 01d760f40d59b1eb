import type { AppEvent, AppState, ConversationView, MessageView } from '../../protocol/ipc/views.ts'
import type { ChangeSet } from './changes.ts'
import type { ProfileCore } from './profile-core.ts'
import { conversationView } from './views/conversation-views.ts'

/**
 * The events that tell what changed, as it is now: at most one of a kind and conversation. The window draws each one
 * when it comes, so that messages come first: they are what somebody waits for.
 */
export function describeChanges(
  set: ChangeSet,
  core: ProfileCore | null,
  state: () => AppState,
): AppEvent[] {
  const events: AppEvent[] = []
  if (core !== null) events.push(...messageEvents(set, core), ...conversationEvents(set, core))
  if (set.state) events.push({ type: 'state', state: state() })
  if (set.outbox) events.push({ type: 'outbox' })
  return events
}

/** A conversation that cannot be shown was never told of either. */
function conversationEvents(set: ChangeSet, core: ProfileCore): AppEvent[] {
  const upserted: ConversationView[] = []
  for (const id of set.conversations) {
    const view = conversationView(core.views, id)
    if (view !== null) upserted.push(view)
  }
  return upserted.length === 0 ? [] : [{ type: 'conversations', upserted, removed: [] }]
}

function messageEvents(set: ChangeSet, core: ProfileCore): AppEvent[] {
  return [...set.messages].map(([conversation, keys]) => {
    const views = core.messageViews(conversation)
    const upserted: MessageView[] = []
    const removed: string[] = []
    for (const key of keys) {
      const view = core.keeper.viewOf(conversation, key, () => views.byKey(key))
      if (view === null) removed.push(key)
      else upserted.push(view)
    }
    return { type: 'messages', conversation, upserted, removed }
  })
}
