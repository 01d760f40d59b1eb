import type { Conversation } from '../../protocol/model/conversation.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { ConversationReceipts } from '../../protocol/model/receipt.ts'
import type { User } from '../../protocol/model/user.ts'
import type { WireError } from '../../protocol/wire/error.ts'
import type { MovedReceipt } from '../domain/change.ts'
import type { AnyCommand, ReplyBody } from '../domain/command.ts'
import type { CommittedStream, StreamEntry } from '../domain/stream-entry.ts'

/**
 * The database: the truth [V8]. Two implementations (SQLite, PostgreSQL) pass one contract suite, store-contract.ts.
 * A store reads facts, asks `decide` of server/domain, applies its changes; rules live there, not here.
 *
 * Every method rejects with StoreUnavailable when the database cannot do it now (away, full, locked): the caller
 * answers `unavailable`, and the same request may be tried again. Any other rejection is a defect.
 */
export interface Store extends Changes, Reads, Accounts, Relay {
  /** Made once with the database; another value means that cursors of clients are of another life. */
  readonly instance: string
  /** ISO 8601: of a database that was put back from a backup, the time of its newest message then. Else null. */
  readonly restoredTo: string | null
  /** Resolves when something could be stored now: it writes. For /healthz. */
  probe(): Promise<void>
  /**
   * Commits what was taken, then lets go of the database; waits for one that is away no longer than a moment [V11]. No
   * method may be called after it.
   */
  close(): Promise<void>
}

/** The one way to change something that clients see. */
interface Changes {
  /**
   * Reads facts, decides, writes, in one transaction that excludes concurrent changes of what was read [V1].
   * Resolves after the change is durable [V3] and after `onCommitted` was called with it. Commands of one lane take
   * effect in the order of the calls; commands that arrive together may share a transaction, and then a refusal or a
   * failure of one undoes nothing of its neighbours.
   */
  execute(command: AnyCommand): Promise<Outcome>
}

/** The answer to a command. */
export type Outcome =
  | { readonly ok: false; readonly error: WireError }
  | {
      readonly ok: true
      readonly reply: ReplyBody
      readonly duplicate: boolean
      readonly moved?: MovedReceipt
    }

/** A page of a stream. */
export interface Page {
  /** In seq order, from cursor + 1, without a gap. */
  readonly entries: readonly StreamEntry[]
  /** The stream's head in the same snapshot; 0 for a stream that does not exist. */
  readonly head: number
}

/** Bounds of a page: `limit` entries, and no entry after `maxBytes` of JSON are reached (so at least one). */
export interface PageRequest {
  readonly stream: StreamId
  readonly after: number
  readonly limit: number
  readonly maxBytes: number
}

/** A read that the asker may not be allowed: rights are checked in the snapshot that is read from. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError }

export interface Reads {
  /** Heads of the streams that a user may read now: conversations it is a member of, and its own. One snapshot. */
  readableHeads(user: Id): Promise<Map<StreamId, number>>
  /** Heads of these streams; those that do not exist are left out. */
  heads(streams: readonly StreamId[]): Promise<Map<StreamId, number>>
  /** Whether a user is a member now. */
  isMember(conversation: Id, user: Id): Promise<boolean>
  /** A page with no question of rights: for streams that the caller has subscribed a member to. */
  entriesAfter(request: PageRequest): Promise<Page>
  /** A page for `reader`, or the refusal of mayRead. */
  eventsFor(reader: Id, request: PageRequest): Promise<Reading<Page>>
  /** Messages in their state now, newest first, with a seq below `before` if given; tombstones without body. */
  history(
    reader: Id,
    request: { conversation: Id; before: number | null; limit: number; maxBytes: number },
  ): Promise<Reading<readonly Message[]>>
  conversation(reader: Id, conversation: Id): Promise<Reading<Conversation>>
  /**
   * How far the members of these conversations have come, in the order asked for. Conversations that `reader` is not a
   * member of are left out, and the last ones when the members of all are more than `limit`.
   */
  receipts(
    reader: Id,
    conversations: readonly Id[],
    limit: number,
  ): Promise<readonly ConversationReceipts[]>
  /** Users by the words of their username or display name: see domain/people-search.ts. Best matches first. */
  findUsers(query: string, limit: number): Promise<readonly User[]>
}

export interface NewUser {
  readonly id: Id
  readonly username: string
  /** The username as it is compared: see usernameKey(). Unique. */
  readonly usernameKey: string
  /** What the username looks like: see usernameLooks(). Each is one user's. */
  readonly looks: readonly string[]
  readonly displayName: string
  /** Encoded argon2id hash. */
  readonly passwordHash: string
  readonly createdAt: number
}

export interface SessionRow {
  readonly user: User
  /** ms since the epoch. */
  readonly expiresAt: number
}

/** Tokens are only known as the SHA-256 of their bytes. */
export type TokenHash = Uint8Array

export interface Accounts {
  /** False when the name, or one that looks like it, is taken. Creates the user's own stream with it. */
  createUser(user: NewUser): Promise<boolean>
  credentials(usernameKey: string): Promise<{ user: User; passwordHash: string } | null>
  createSession(session: {
    tokenHash: TokenHash
    user: Id
    createdAt: number
    expiresAt: number
  }): Promise<void>
  /** The session, unless it is unknown, revoked or expired at `now`. */
  session(tokenHash: TokenHash, now: number): Promise<SessionRow | null>
  extendSession(tokenHash: TokenHash, expiresAt: number): Promise<void>
  /** Whether there was such a session. */
  deleteSession(tokenHash: TokenHash): Promise<boolean>
  /** Deletes sessions that expired before `now`, at most `limit`; how many. */
  deleteExpiredSessions(now: number, limit: number): Promise<number>
  /**
   * Tokens that were revoked in the last `ms`, by the database's own clock; remembered for a day. None in a store that
   * only one process can use: whoever would ask is the one who revoked.
   */
  revokedWithin(ms: number): Promise<readonly TokenHash[]>
}

/** How far committed events have been handed to a bus that can lose them [V10]. An in-process bus never asks. */
export interface Relay {
  /** Streams whose relayed seq is below their head, at most `limit`, longest behind first. */
  unrelayed(limit: number): Promise<readonly { stream: StreamId; relayed: number; head: number }[]>
  /** Moves the relayed seq of each stream forward, never back. */
  markRelayed(relayed: ReadonlyMap<StreamId, number>): Promise<void>
}

/** What every store is made with. */
export interface StoreOptions {
  /** The server's clock, ms since the epoch. */
  readonly now: () => number
  /** How long after its creation a message may be edited, in ms. */
  readonly editWindowMs: number
  /**
   * Called after COMMIT returned and before any of the commands resolves, in commit order a stream where the store
   * knows it. Must not throw and must not wait.
   */
  readonly onCommitted: (committed: readonly CommittedStream[]) => void
  readonly observer: StoreObserver
  /**
   * Called by close() when the database did not answer in time: how many commands were taken and not answered. Whether
   * they took effect is not known; nobody was told that they did, and a repeat is answered by its key [V4].
   */
  readonly onAbandoned?: (commands: number) => void
  /**
   * Called once when the database turned out to lack what was acknowledged, or was given a new name: from then on this
   * store does nothing any more, and has to be opened anew under the name that the database has now.
   */
  readonly onAnotherLife?: () => void
}

/** For metrics: one call a commit. */
export interface StoreObserver {
  committed(batch: { commands: number; durationMs: number }): void
}

/** The database cannot do it now; the same may succeed later. `cause` is for the log. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
