import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Message } from '../../protocol/model/message.ts'
import {
  type Cursor,
  type Id,
  isUserStream,
  type Seq,
  type StreamId,
} from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { User } from '../../protocol/model/user.ts'
import type { Draft } from '../sync/draft.ts'
import type { Operation, UnreadableOperation } from '../sync/operation.ts'
import type { Standing } from '../sync/receipts.ts'
import type { ConversationRecord, StreamCursor } from '../sync/storage.ts'
import { ConversationsTable, type StoredConversation } from './conversations-table.ts'
import { CursorsTable } from './cursors-table.ts'
import { DraftsTable } from './drafts-table.ts'
import { type Kept, type KeptCount, type KeptPlace, KeptTable } from './kept-table.ts'
import { LogsTable } from './logs-table.ts'
import { MessageSearch, type MessageSearchRequest, type SearchStep } from './message-search.ts'
import { MessagesTable, type PageBounds, type SeqRange, type StoredPage } from './messages-table.ts'
import { OutboxTable } from './outbox-table.ts'
import type { ProfileStore } from './profile-store.ts'
import { type Reading, ReadingTable } from './reading-table.ts'
import { ReceiptsTable } from './receipts-table.ts'
import { SearchIndex } from './search-index.ts'
import { type SecretName, type Setting, type SettingName, SettingsTable } from './settings-table.ts'
import { guarded } from './storage-error.ts'
import { UsersTable } from './users-table.ts'
import type { WalCopier } from './wal-copier.ts'

/**
 * Size of the write-ahead log, in bytes, from which on it is copied into the database: by the store itself, which takes
 * a block's time, or by a copier, for which longer is cheaper, as pages that were written again are copied once. A commit
 * would do so itself when it gets far longer (openStore), so its size is looked at after each.
 */
const WAL_BYTES = 2 * 1024 * 1024
const COPIER_WAL_BYTES = 8 * 1024 * 1024

/** ProfileStore over better-sqlite3, on a database that openStore has prepared. */
export class SqliteStore implements ProfileStore {
  readonly #db: Database
  readonly #now: () => number
  readonly #settings: SettingsTable
  readonly #outbox: OutboxTable
  readonly #cursors: CursorsTable
  readonly #users: UsersTable
  readonly #conversations: ConversationsTable
  readonly #drafts: DraftsTable
  readonly #reading: ReadingTable
  readonly #receipts: ReceiptsTable
  readonly #kept: KeptTable
  readonly #index: SearchIndex
  readonly #logs: LogsTable
  readonly #messages: MessagesTable
  readonly #search: MessageSearch
  #walCopier: WalCopier | null
  #isWalLong = false

  /** `now` is the wall clock, ms since the epoch. Without a copier, the store copies the write-ahead log itself. */
  constructor(db: Database, now: () => number, walCopier: WalCopier | null = null) {
    this.#db = db
    this.#now = now
    this.#walCopier = walCopier
    this.#settings = new SettingsTable(db)
    this.#outbox = new OutboxTable(db)
    this.#cursors = new CursorsTable(db)
    this.#users = new UsersTable(db)
    this.#conversations = new ConversationsTable(db)
    this.#drafts = new DraftsTable(db)
    this.#reading = new ReadingTable(db)
    this.#receipts = new ReceiptsTable(db)
    this.#kept = new KeptTable(db)
    this.#index = new SearchIndex(db)
    this.#logs = new LogsTable(db, this.#index)
    this.#messages = new MessagesTable(db, this.#logs, this.#index)
    this.#search = new MessageSearch(db, this.#logs, this.#messages, this.#index)
  }

  transaction<T>(work: () => T): T {
    return guarded(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#db.exec('COMMIT')
        this.#lookAtWal()
        return result
      } catch (error) {
        this.#rollback()
        throw error
      }
    })
  }

  loadOutbox(): { operations: Operation[]; unreadable: UnreadableOperation[] } {
    return guarded(() => this.#outbox.load())
  }

  putOperation(operation: Operation): void {
    guarded(() => this.#outbox.put(operation))
  }

  removeOperation(key: string): void {
    guarded(() => this.#outbox.remove(key))
  }

  loadCursors(): Map<StreamId, StreamCursor> {
    return guarded(() => this.#cursors.load())
  }

  putCursor(stream: StreamId, cursor: StreamCursor): void {
    guarded(() => this.#cursors.put(stream, cursor))
  }

  clearStream(stream: StreamId, head: Cursor): void {
    guarded(() => {
      this.#cursors.remove(stream)
      this.#kept.forget(stream)
      if (isUserStream(stream)) return
      this.#logs.replace(stream)
      this.#messages.forgetRecent()
      this.#conversations.lowerReadMarker(stream, head)
      this.#receipts.forget(stream)
      this.#reading.forget(stream)
    })
  }

  messageById(id: Id): Message | null {
    return guarded(() => this.#messages.get(id))
  }

  messageByKey(key: string): Message | null {
    return guarded(() => this.#messages.getByKey(key))
  }

  putMessage(message: Message): void {
    guarded(() => this.#messages.put(message))
  }

  repliesTo(id: Id, limit: number): Message[] {
    return guarded(() => this.#messages.repliesTo(id, limit))
  }

  conversation(id: Id): ConversationRecord | null {
    return guarded(() => this.#conversations.get(id))
  }

  conversations(): StoredConversation[] {
    return guarded(() => this.#conversations.load())
  }

  /** Also keeps the names of its members. */
  putConversation(record: ConversationRecord): void {
    guarded(() => {
      this.#conversations.put(record, this.#now())
      for (const { profile } of record.conversation.members) {
        if (profile !== undefined) this.#users.put(profile)
      }
    })
  }

  setting<N extends SettingName>(name: N): Setting<N> | null {
    return guarded(() => this.#settings.get(name))
  }

  putSetting<N extends SettingName>(name: N, value: Setting<N> | null): void {
    guarded(() => this.#settings.put(name, value))
  }

  secret(name: SecretName): Uint8Array | null {
    return guarded(() => this.#settings.getSecret(name))
  }

  putSecret(name: SecretName, sealed: Uint8Array | null): void {
    guarded(() => this.#settings.putSecret(name, sealed))
  }

  users(): User[] {
    return guarded(() => this.#users.load())
  }

  putUser(user: User): void {
    guarded(() => this.#users.put(user))
  }

  reading(): Map<Id, Reading> {
    return guarded(() => this.#reading.load())
  }

  putReading(conversation: Id, reading: Reading): void {
    guarded(() => this.#reading.put(conversation, reading))
  }

  drafts(): Map<Id, Draft> {
    return guarded(() => this.#drafts.load())
  }

  putDraft(conversation: Id, draft: Draft): void {
    guarded(() => this.#drafts.put(conversation, draft))
  }

  receipts(conversation: Id): Receipt[] {
    return guarded(() => this.#receipts.of(conversation))
  }

  putReceipt(conversation: Id, receipt: Receipt): void {
    guarded(() => this.#receipts.put(conversation, receipt))
  }

  standing(conversation: Id): Standing {
    return guarded(() => this.#receipts.standing(conversation))
  }

  putStanding(conversation: Id, standing: Standing): void {
    guarded(() => this.#receipts.putStanding(conversation, standing))
  }

  keep(kept: Kept): void {
    guarded(() => this.#kept.put(kept, this.#now()))
  }

  unkeep(place: KeptPlace): void {
    guarded(() => this.#kept.remove(place))
  }

  keptReason(place: KeptPlace): Kept['reason'] | null {
    return guarded(() => this.#kept.reason(place))
  }

  keptCounts(): Map<StreamId, KeptCount> {
    return guarded(() => this.#kept.counts())
  }

  keptThrown(): Kept[] {
    return guarded(() => this.#kept.thrown())
  }

  keptAfter(last: Kept | null, limit: number): Kept[] {
    return guarded(() => this.#kept.after(last, limit))
  }

  keysBetween(conversation: Id, author: Id, bounds: SeqRange, limit: number): string[] {
    return guarded(() => this.#messages.keysBetween(conversation, author, bounds, limit))
  }

  messagesPage(conversation: Id, bounds: PageBounds): StoredPage {
    return guarded(() => this.#messages.page(conversation, bounds))
  }

  ownPage(conversation: Id, author: Id, bounds: PageBounds): StoredPage {
    return guarded(() => this.#messages.ownPage(conversation, author, bounds))
  }

  lostAbove(conversation: Id, after: Cursor, sinceMs: number | null): Cursor {
    return guarded(() => this.#messages.lostAbove(conversation, after, sinceMs))
  }

  countUnread(conversation: Id, after: Cursor, self: Id): number {
    return guarded(() => this.#messages.countUnread(conversation, after, self))
  }

  fetchedFrom(conversation: Id): Seq | null {
    return this.#logs.fetchedFrom(conversation)
  }

  setFetchedFrom(conversation: Id, seq: Seq): void {
    guarded(() => this.#logs.setFetchedFrom(conversation, seq))
  }

  searchStep(request: MessageSearchRequest, below: number | null, limit: number): SearchStep {
    return guarded(() => this.#search.step(request, below, limit))
  }

  oldestAt(conversation: Id, from: Seq): number | null {
    return guarded(() => this.#messages.oldestAt(conversation, from))
  }

  needsMaintenance(): boolean {
    return this.#isWalLong || this.#logs.hasReplaced() || this.#index.needsStep()
  }

  maintain(): Promise<void> | null {
    if (this.#isWalLong) return this.#copyWal()
    if (this.#logs.hasReplaced()) this.transaction(() => this.#logs.sweep())
    else this.transaction(() => this.#index.step())
    return null
  }

  /** The last that lets go of the database copies the log and removes it: that has to be this one. */
  close(): void {
    this.#walCopier?.close()
    guarded(() => this.#db.close())
  }

  #copyWal(): Promise<void> | null {
    this.#isWalLong = false
    const copier = this.#walCopier
    if (copier === null) {
      guarded(() => this.#db.pragma('wal_checkpoint(PASSIVE)'))
      return null
    }
    return copier.copy().then((isCopied) => {
      if (isCopied) return
      // What keeps it from copying is met, and told, by the next copy of our own.
      this.#walCopier = null
      copier.close()
    })
  }

  #rollback(): void {
    // After some errors (a full disk) SQLite has rolled back by itself.
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    this.#logs.reload()
    this.#index.reload()
    this.#messages.forgetRecent()
  }

  #lookAtWal(): void {
    const limit = this.#walCopier === null ? WAL_BYTES : COPIER_WAL_BYTES
    this.#isWalLong = walSize(this.#db.name) >= limit
  }
}

function walSize(database: string): number {
  return statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
