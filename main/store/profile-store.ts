import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id, Seq, StreamId } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { User } from '../../protocol/model/user.ts'
import type { Draft } from '../sync/draft.ts'
import type { Standing } from '../sync/receipts.ts'
import type { SyncStorage } from '../sync/storage.ts'
import type { StoredConversation } from './conversations-table.ts'
import type { Kept, KeptCount, KeptPlace } from './kept-table.ts'
import type { MessageSearchRequest, SearchStep } from './message-search.ts'
import type { PageBounds, SeqRange, StoredPage } from './messages-table.ts'
import type { Reading } from './reading-table.ts'
import type { SecretName, Setting, SettingName } from './settings-table.ts'

/**
 * Everything that one profile keeps: what the core needs (SyncStorage), and what only the shell and the screen do. Any
 * method may throw StorageError; then nothing of the transaction is left, and what was on disk before is untouched.
 */
export interface ProfileStore extends SyncStorage {
  setting<N extends SettingName>(name: N): Setting<N> | null
  /** null removes it. */
  putSetting<N extends SettingName>(name: N, value: Setting<N> | null): void
  secret(name: SecretName): Uint8Array | null
  /** null removes it. */
  putSecret(name: SecretName, sealed: Uint8Array | null): void

  users(): User[]
  putUser(user: User): void
  conversations(): StoredConversation[]
  drafts(): Map<Id, Draft>
  /** Keeps a draft; an empty one is removed. */
  putDraft(conversation: Id, draft: Draft): void

  /** Where the user is in each conversation; none for one that is new here. */
  reading(): Map<Id, Reading>
  putReading(conversation: Id, reading: Reading): void

  /** What was told of the members of a conversation, and of those who were. */
  receipts(conversation: Id): Receipt[]
  putReceipt(conversation: Id, receipt: Receipt): void
  standing(conversation: Id): Standing
  /** It only grows. */
  putStanding(conversation: Id, standing: Standing): void
  /** Keys on screen of an author's messages with after < seq <= upTo, the newest first. */
  keysBetween(conversation: Id, author: Id, bounds: SeqRange, limit: number): string[]

  /** Keeps what could not be read, in place of what is kept there. */
  keep(kept: Kept): void
  unkeep(place: KeptPlace): void
  /** Why something is kept there; null: nothing is. */
  keptReason(place: KeptPlace): Kept['reason'] | null
  keptCounts(): Map<StreamId, KeptCount>
  /** What made something fail. */
  keptThrown(): Kept[]
  /** Up to `limit` kept events and messages behind this one, by stream and seq; null: from the first. */
  keptAfter(last: Kept | null, limit: number): Kept[]

  /** A page, newest first. */
  messagesPage(conversation: Id, bounds: PageBounds): StoredPage
  /** The same of an author's messages that have a body. */
  ownPage(conversation: Id, author: Id, bounds: PageBounds): StoredPage
  /**
   * The seq above which a server that was restored to `head` may have lost what was said: what is above its head, and
   * what is as new as `sinceMs` (null: not known).
   */
  lostAbove(conversation: Id, head: Cursor, sinceMs: number | null): Cursor
  /** Up to `limit` messages that reply to this one. */
  repliesTo(id: Id, limit: number): Message[]
  /** Messages of others above `after`, deleted ones not counted. */
  countUnread(conversation: Id, after: Cursor, self: Id): number
  /** Every message from this seq to the stream's floor was fetched as history; null: none was. */
  fetchedFrom(conversation: Id): Seq | null
  setFetchedFrom(conversation: Id, seq: Seq): void

  /** When the first stored message from a seq on was written, ms since the epoch; null for none. */
  oldestAt(conversation: Id, from: Seq): number | null
  /**
   * One step of a search, up to `limit` messages below a place (null: from the newest on). Deleted ones are never found.
   */
  searchStep(request: MessageSearchRequest, below: number | null, limit: number): SearchStep

  /** Whether `maintain` has something to do. */
  needsMaintenance(): boolean
  /**
   * One small step of housekeeping, in between: merging of the search index, sweeping, the write-ahead log [S6]. Answers
   * a promise when the step goes on beside this process: what can wait for it should, so that no commit has to share
   * the disk with it, and the log never grows faster than it is copied. It never rejects.
   */
  maintain(): Promise<void> | null
  close(): void
}
