import type { ConversationKind, Role } from '../model/conversation.ts'
import type { PersonName } from '../model/names.ts'
import type { Id, IdempotencyKey } from '../model/primitives.ts'
import type { User } from '../model/user.ts'
import type { NetworkReason } from '../wire/failure.ts'
import type { REPAIR_WAYS } from './channels.ts'

/**
 * What the renderer is shown. Free of zod. Instants are ms since the epoch for display; waits are durations in ms
 * from the moment the view was made, so that a jump of the clock cannot bend a countdown.
 */

/** State of a message as the screen shows it (contract.md section 4). */
export type MessageState =
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'unconfirmed'

export type OperationKind = 'send' | 'edit' | 'delete' | 'react' | 'read'

/** Why something failed, as data; the renderer finds the words. `code` is a wire code or one of LOCAL_FAILURES. */
export interface FailureView {
  code: string
  /** What the server said, for codes that we do not know. */
  message?: string
  /** Body size and limit in bytes, for `too_large`. */
  size?: { bytes: number; limit: number }
  /** Name of the conversation, where the words need it. */
  conversation?: string
  /** What came in the way, for `network` when an account is asked for. */
  reason?: NetworkReason
}

/** Failure codes that only the client knows. */
export const LOCAL_FAILURES = [
  'timeout',
  'network',
  'unreadable',
  'depends_on_failed',
  /** What a message replies to is not in its conversation; it can be sent without the quote. */
  'quote_not_found',
  'outbox_full',
  'lost_by_server',
  /** This profile belongs to another account. */
  'different_account',
  /** A password would go there for everybody on the way to read; the user has to agree first. */
  'insecure_address',
  /** The database of the profile cannot be written; see AppState.storage. */
  'storage_failed',
  /** No user has this name; `message` is the name. */
  'user_not_found',
  /** The server on this computer did not start. */
  'server_start_failed',
  /** The file chosen for an export cannot be written. */
  'export_failed',
  /** The files of the profile cannot be moved or built anew; nothing of them is lost. */
  'repair_failed',
] as const
export type LocalFailure = (typeof LOCAL_FAILURES)[number]

/** The life of an operation in the outbox, one union. */
export type OperationStatus =
  | { state: 'queued' }
  | { state: 'sending' }
  | { state: 'waiting'; retry: number; maxRetries: number; retryInMs: number; failure: FailureView }
  | { state: 'unconfirmed' }
  | { state: 'parked' }
  | { state: 'failed'; failure: FailureView }
  | { state: 'conflict'; mine: string; theirs: string }

/** An operation that has not been confirmed yet. */
export interface PendingOperation {
  key: IdempotencyKey
  kind: OperationKind
  status: OperationStatus
}

/** Somebody on screen. */
interface Person extends PersonName {
  id: Id
}

export interface ReactionView {
  emoji: string
  users: Person[]
  mine: boolean
}

export interface MessageView {
  /** Stable from the key press on, over restarts: the author's idempotency key, or the id where that is unknown. */
  key: string
  conversation: Id
  /** null until the server has answered. */
  id: Id | null
  /** null until the server has answered; such messages come after all others, in the order they were made. */
  seq: number | null
  author: Person
  own: boolean
  /** null: deleted. */
  body: string | null
  createdAt: number
  editedAt: number | null
  /** `seq`: where the answered message stands; null while that is not known here. */
  replyTo: { key: string; seq: number | null; authorName: string; preview: string } | null
  reactions: ReactionView[]
  state: MessageState
  /**
   * Of an own message in a conversation with several others: for how many of them it is, and how many have received and
   * read it. Else null.
   */
  reach: { of: number; delivered: number; read: number } | null
  /** The oldest unconfirmed operation on this message: its send, or an edit, deletion or reaction. */
  pending: PendingOperation | null
  /** Whether the edit window is still open (own messages); the server decides in the end. */
  editable: boolean
}

export interface MemberView extends Person {
  username: string
  role: Role
  online: boolean
}

export interface ConversationView {
  id: Id
  kind: ConversationKind
  /** Title of a group, the other's name in a direct one. */
  name: string
  members: MemberView[]
  unread: number
  /** Whether there may be more unread messages than are counted: they are not on this device. */
  isUnreadAtLeast: boolean
  /** Everything up to this seq is read, or older than the user's membership; 0 for nothing. */
  readUpTo: number
  /** Whether it is known how far the user has read on other devices; until then nothing is marked as read. */
  isReadKnown: boolean
  /** Where the user was here last; null: the end was in sight. */
  place: PlaceView | null
  lastMessage: { preview: string; at: number; own: boolean; authorName: string } | null
  /** ms since the epoch of the last activity, for the order of the list. */
  activeAt: number
  /** false once the user left or was removed: read only. */
  member: boolean
  draft: string
  /** What the draft is about: the message it replies to, or an edit that was under way, with its text. */
  draftAbout: DraftAboutView | null
  /** What the user did here that waits for the server, and what failed or waits for an answer. */
  pending: { waiting: number; failed: number }
  /** How much of it came and could not be read: it is kept, and the rest goes on. */
  unreadable: number
}

/** The message at the top of the screen, and how much of it is hidden above, in px. */
export interface PlaceView {
  seq: number
  hiddenPx: number
}

export type DraftAboutView =
  | { kind: 'reply'; key: string; authorName: string; preview: string }
  | { kind: 'edit'; key: string; original: string; text: string }

export interface OutboxItem {
  key: IdempotencyKey
  kind: OperationKind
  conversation: { id: Id; name: string }
  /** key of the message concerned; null for a row that cannot be read. */
  message: string | null
  preview: string
  createdAt: number
  status: OperationStatus
}

/** The oldest waiting and failed operations, and how many there are in all. */
export interface OutboxPage {
  items: OutboxItem[]
  total: number
}

export type ConnectionView =
  | { status: 'online' }
  | { status: 'connecting' }
  | { status: 'offline'; retryInMs: number; reason: NetworkReason }
  | { status: 'signed-out' }
  /** The server needs a newer Ferry; nothing is tried by itself. */
  | { status: 'outdated' }

export type SessionView =
  /** `serverUrl` is set when one was given from outside: the sign-in form shows at once. */
  | { status: 'welcome'; serverUrl: string | null }
  | { status: 'starting' }
  | {
      status: 'signed-in' | 'signed-out'
      user: User
      server: { kind: 'bundled' | 'remote'; url: string }
    }

/**
 * A way on for data that cannot be used; what is there is set aside, never deleted. `recover`: all of it is built up
 * from its log. `rebuild`: what can be read is kept, the rest fetched from the server. `start-anew`: without it.
 */
export type RepairWay = (typeof REPAIR_WAYS)[number]

export type StorageView =
  | { status: 'ok' }
  | {
      status: 'failed'
      /**
       * `unexpected`: a defect of ours, which is tried again by itself. `foreign`: what stands there is not Ferry's.
       */
      reason: 'disk_full' | 'read_only' | 'corrupt' | 'foreign' | 'newer_version' | 'unexpected'
      path: string
      /** What the user may have done about it. */
      ways: readonly RepairWay[]
    }

/** Things the user must be told once; shown until dismissed. */
export type Notice =
  | { kind: 'server_restored'; conversations: string[] }
  | { kind: 'bundled_server_restarted' }
  /** Data that could not be used were set aside, at `path`; `lost`: pieces of the user's own that cannot be read. */
  | { kind: 'data_set_aside'; path: string; lost: number }
  /** The server sent something that could not be read, which belongs to no conversation. */
  | { kind: 'unreadable' }

/** An account whose data are on this computer, and which is not in use now. Nothing of it is sent meanwhile. */
export interface OtherAccountView {
  /** Names its data. */
  id: string
  user: User
  server: { kind: 'bundled' | 'remote'; url: string }
  /** What it has still to send, and what failed. */
  waiting: number
}

export interface UndoableView {
  key: string
  what: 'delete' | 'discard'
  conversation: Id
  /** How much longer, from when the view was made. */
  leftMs: number
}

export interface AppState {
  session: SessionView
  otherAccounts: OtherAccountView[]
  connection: ConnectionView
  outbox: { waiting: number; failed: number; limit: number }
  /** What the user deleted or threw away just now, and can take back. */
  undoable: UndoableView[]
  storage: StorageView
  /** The database of the server on this computer, when it is damaged and the server does not start; null: not so. */
  damagedServer: string | null
  limits: { editWindowMs: number; maxBodyBytes: number }
  /** What the server can beyond the first version: what it lacks is not offered. */
  features: readonly string[]
  notice: Notice | null
  /** The conversation that was on screen last. */
  lastConversation: Id | null
  platform: 'darwin' | 'win32' | 'linux'
}

export interface MessagesPage {
  /** Oldest first; the unconfirmed ones, at the end, only on the newest page. */
  messages: MessageView[]
  /** Whether older ones exist, here or on the server. */
  hasOlder: boolean
}

/** What main tells unasked. */
export type AppEvent =
  | { type: 'state'; state: AppState }
  | { type: 'conversations'; upserted: ConversationView[]; removed: Id[] }
  | { type: 'messages'; conversation: Id; upserted: MessageView[]; removed: string[] }
  /** The outbox changed: whoever shows it asks for it again. Counts are in AppState. */
  | { type: 'outbox' }
  | { type: 'typing'; conversation: Id; user: { id: Id; name: string } }
  | { type: 'show'; conversation: Id; message: string | null }
