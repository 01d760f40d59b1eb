import type { ConversationView } from '../../../protocol/ipc/views.ts'
import type { Id } from '../../../protocol/model/primitives.ts'
import type { ProfileStore } from '../../store/profile-store.ts'
import { isPlaceholder } from '../../sync/apply-event.ts'
import type { SendOperation } from '../../sync/operation.ts'
import {
  findOperation,
  lastSend,
  type OutboxState,
  pendingCounts,
} from '../../sync/outbox-state.ts'
import type { ConversationRecord } from '../../sync/storage.ts'
import type { Keeper } from '../keeper.ts'
import type { Presence } from '../presence.ts'
import type { Workspace } from '../workspace.ts'
import { previewOf } from './preview.ts'

export interface ConversationViewPorts {
  readonly store: Pick<ProfileStore, 'messageByKey' | 'messageById'>
  readonly workspace: Workspace
  readonly presence: Presence
  readonly keeper: Pick<Keeper, 'unread'>
  readonly outbox: () => OutboxState
}

/** Every conversation that can be shown. */
export function conversationViews(ports: ConversationViewPorts): ConversationView[] {
  return [...ports.workspace.records()].flatMap((record) => viewOf(ports, record) ?? [])
}

/** One conversation; null when it is unknown, or not told yet. */
export function conversationView(ports: ConversationViewPorts, id: Id): ConversationView | null {
  const record = ports.workspace.record(id)
  return record === null ? null : viewOf(ports, record)
}

function viewOf(ports: ConversationViewPorts, record: ConversationRecord): ConversationView | null {
  if (isPlaceholder(record)) return null
  const { workspace, presence, keeper } = ports
  const { conversation, member } = record
  const { id, kind, members } = conversation
  const { unread, knownSince } = workspace.summary(id)
  const lastMessage = newest(ports, record)
  return {
    id,
    kind,
    name: workspace.conversationName(record),
    members: members.map(({ user, role }) => ({
      id: user,
      ...workspace.person(user),
      username: workspace.user(user)?.username ?? '',
      role,
      online: presence.isOnline(user),
    })),
    unread,
    isUnreadAtLeast: workspace.reading.isAtLeast(id),
    readUpTo: workspace.reading.from(id),
    isReadKnown: workspace.reading.isKnown(id),
    place: workspace.reading.place(id),
    lastMessage,
    activeAt: lastMessage?.at ?? knownSince,
    member,
    ...draftView(ports, id),
    pending: pendingCounts(ports.outbox(), id),
    unreadable: keeper.unread(id),
  }
}

/** What stands in the box, and what it is about. */
function draftView(
  { workspace, store, outbox }: ConversationViewPorts,
  id: Id,
): Pick<ConversationView, 'draft' | 'draftAbout'> {
  const { body: draft, about } = workspace.draft(id)
  if (about === null) return { draft, draftAbout: null }
  if (about.kind === 'edit') {
    const { message: key, original, text } = about
    return { draft, draftAbout: { kind: 'edit', key, original, text } }
  }
  const { message: key } = about
  const stored = store.messageByKey(key) ?? store.messageById(key)
  const send = stored === null ? findOperation(outbox(), key) : null
  const body = stored?.body ?? (send?.kind === 'send' ? send.body : '')
  const author = stored?.author ?? (send === null ? null : workspace.self)
  const authorName = author === null ? '' : workspace.nameOf(author)
  return { draft, draftAbout: { kind: 'reply', key, authorName, preview: previewOf(body) } }
}

/**
 * The newest message that is still to be seen: one that waits is newer than all that the server has. One that failed is
 * marked beside it, and stands for the conversation only where there is nothing else.
 */
function newest(
  { workspace, outbox }: ConversationViewPorts,
  record: ConversationRecord,
): ConversationView['lastMessage'] {
  const { id } = record.conversation
  const own = (send: SendOperation): ConversationView['lastMessage'] => ({
    preview: previewOf(send.body),
    at: send.createdAt,
    own: true,
    authorName: workspace.nameOf(workspace.self),
  })
  const waiting = lastSend(outbox(), id, ({ status }) => status.state !== 'failed')
  if (waiting !== null) return own(waiting)
  const { last } = workspace.summary(id)
  if (last === null) {
    const failed = lastSend(outbox(), id, () => true)
    return failed === null ? null : own(failed)
  }
  return {
    preview: previewOf(last.body ?? ''),
    at: Date.parse(last.createdAt),
    own: last.author === workspace.self,
    authorName: workspace.shortNameOf(last.author, record),
  }
}
