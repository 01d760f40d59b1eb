import type {
  AppState,
  ConversationView,
  MessagesPage,
  MessageView,
  OperationStatus,
} from '../../protocol/ipc/views.ts'
import { FEATURES } from '../../protocol/wire/versions.ts'

/** A message by its seq (null: not confirmed), with what matters to a test changed. */
export function messageView(seq: number | null, change: Partial<MessageView> = {}): MessageView {
  return {
    key: change.key ?? `k${seq}`,
    conversation: 'c',
    id: seq === null ? null : `m${seq}`,
    seq,
    author: { id: 'bob', name: 'Bob' },
    own: false,
    body: `text ${seq}`,
    createdAt: 0,
    editedAt: null,
    replyTo: null,
    reactions: [],
    state: seq === null ? 'queued' : 'sent',
    reach: null,
    pending: null,
    editable: false,
    ...change,
  }
}

/** An own message that is not confirmed. */
export function unsent(key: string, status: OperationStatus = { state: 'queued' }): MessageView {
  return messageView(null, {
    key,
    own: true,
    author: { id: 'me', name: 'Me' },
    pending: { key, kind: 'send', status },
  })
}

export function conversationView(
  id: string,
  change: Partial<ConversationView> = {},
): ConversationView {
  return {
    id,
    kind: 'group',
    name: id,
    members: [],
    unread: 0,
    isUnreadAtLeast: false,
    readUpTo: 0,
    isReadKnown: true,
    place: null,
    lastMessage: null,
    activeAt: 0,
    member: true,
    draft: '',
    draftAbout: null,
    pending: { waiting: 0, failed: 0 },
    unreadable: 0,
    ...change,
  }
}

export function appState(change: Partial<AppState> = {}): AppState {
  return {
    session: {
      status: 'signed-in',
      user: { id: 'me', username: 'me', displayName: 'Me' },
      server: { kind: 'remote', url: 'https://chat.example' },
    },
    otherAccounts: [],
    connection: { status: 'online' },
    outbox: { waiting: 0, failed: 0, limit: 10_000 },
    undoable: [],
    storage: { status: 'ok' },
    damagedServer: null,
    limits: { editWindowMs: 900_000, maxBodyBytes: 16_384 },
    features: FEATURES,
    notice: null,
    lastConversation: null,
    platform: 'linux',
    ...change,
  }
}

/** Answers as main does: the messages below `before`, at most `limit`, oldest first. */
export function pageOf(
  all: readonly MessageView[],
  { before, limit }: { before?: number | undefined; limit: number },
): MessagesPage {
  const below = all.filter((m) => m.seq !== null && m.seq < (before ?? Number.POSITIVE_INFINITY))
  const unconfirmed = before === undefined ? all.filter((m) => m.seq === null) : []
  return { messages: [...below.slice(-limit), ...unconfirmed], hasOlder: below.length > limit }
}
