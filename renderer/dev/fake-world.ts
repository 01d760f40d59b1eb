import type {
  AppState,
  ConversationView,
  FailureView,
  MessageView,
  OutboxItem,
  PendingOperation,
} from '../../protocol/ipc/views.ts'
import { FEATURES } from '../../protocol/wire/versions.ts'

/** Everything the fake main process knows. */
export interface World {
  state: AppState
  conversations: ConversationView[]
  messages: Map<string, MessageView[]>
  outbox: OutboxItem[]
  /** Refuses the next text with this. */
  refuseSend: FailureView | null
  /** ms that a page of messages takes. */
  pageDelay: number
  /** From when on messages are here, ms since the epoch; null: all are. */
  oldestHere: number | null
  refusePages: FailureView | null
}

const ME = { id: 'u-ada', username: 'ada', displayName: 'Ada Lovelace' }
export const BOB = { id: 'u-bob', name: 'Bob Hartley' }
export const EVE = { id: 'u-eve', name: 'Eve Moneypenny' }
export const LIN = { id: 'u-lin', name: 'Lin Wei' }

export const signedIn = (): AppState => ({
  session: {
    status: 'signed-in',
    user: ME,
    server: { kind: 'remote', url: 'https://chat.harbour.example' },
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
})

export const world = (change: Partial<World> = {}): World => ({
  state: signedIn(),
  conversations: [],
  messages: new Map(),
  outbox: [],
  refuseSend: null,
  pageDelay: 0,
  oldestHere: null,
  refusePages: null,
  ...change,
})

const member = (id: string, name: string, online = false) => ({
  id,
  name,
  username: name.split(' ')[0]?.toLowerCase() ?? name,
  role: id === ME.id ? ('owner' as const) : ('member' as const),
  online,
})

export const MEMBERS = {
  me: member(ME.id, ME.displayName, true),
  bob: member(BOB.id, BOB.name, true),
  eve: member(EVE.id, EVE.name),
  lin: member(LIN.id, LIN.name, true),
}

export const conversation = (
  id: string,
  name: string,
  change: Partial<ConversationView> = {},
): ConversationView => ({
  id,
  kind: 'group',
  name,
  members: [MEMBERS.me, MEMBERS.bob, MEMBERS.eve, MEMBERS.lin],
  unread: 0,
  isUnreadAtLeast: false,
  readUpTo: 0,
  isReadKnown: true,
  place: null,
  lastMessage: null,
  activeAt: Date.now(),
  member: true,
  draft: '',
  draftAbout: null,
  pending: { waiting: 0, failed: 0 },
  unreadable: 0,
  ...change,
})

export const message = (
  conversationId: string,
  seq: number | null,
  author: { id: string; name: string },
  body: string | null,
  change: Partial<MessageView> = {},
): MessageView => ({
  key: seq === null ? crypto.randomUUID() : `${conversationId}-${seq}`,
  conversation: conversationId,
  id: seq === null ? null : `m-${conversationId}-${seq}`,
  seq,
  author,
  own: author.id === ME.id,
  body,
  createdAt: Date.now(),
  editedAt: null,
  replyTo: null,
  reactions: [],
  state: seq === null ? 'queued' : author.id === ME.id ? 'read' : 'delivered',
  reach: null,
  pending: null,
  editable: author.id === ME.id,
  ...change,
})

export const me = { id: ME.id, name: ME.displayName }

export const pendingSend = (status: PendingOperation['status']): PendingOperation => ({
  key: crypto.randomUUID(),
  kind: 'send',
  status,
})
