import type { Conversation } from '../../protocol/model/conversation.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id, StreamId } from '../../protocol/model/primitives.ts'
import type { Operation, UnreadableOperation } from './operation.ts'

/** How far a stream is stored. */
export interface StreamCursor {
  /** seq of the last event that is stored. */
  readonly applied: Cursor
  /** seq before the first event that is stored: what is older was never streamed here, only fetched as history. */
  readonly floor: Cursor
}

/** A conversation as it is stored. */
export interface ConversationRecord {
  readonly conversation: Conversation
  /** false once the user left or was removed. */
  readonly member: boolean
  /** Highest seq that the user has read, 0 for none; it only grows. */
  readonly readUpTo: Cursor
}

/**
 * What the core needs of a store. Synchronous on purpose: a transaction cannot be interleaved. Every method may throw
 * a storage error (disk full, read-only, corrupt), which the engine turns into a StorageView; nothing else is thrown.
 */
export interface SyncStorage {
  /** Runs `work` in one durable transaction (synchronous=FULL): all of it or nothing [O1, S1]. Not nested. */
  transaction<T>(work: () => T): T

  /** Every row, by ordinal; those that do not validate apart [O9]. */
  loadOutbox(): { operations: Operation[]; unreadable: UnreadableOperation[] }
  /** Inserts or replaces by key. */
  putOperation(operation: Operation): void
  /** Removes by key (also an unreadable one's); absent is fine. */
  removeOperation(key: string): void

  loadCursors(): Map<StreamId, StreamCursor>
  putCursor(stream: StreamId, cursor: StreamCursor): void

  messageById(id: Id): Message | null
  /** By the author's idempotency key; tells a repeated command from a new one. */
  messageByKey(key: string): Message | null
  /** Inserts or replaces by id. */
  putMessage(message: Message): void
  /**
   * Forgets the confirmed messages and the cursor of a stream whose server was restored to `head`, and lowers the read
   * marker to it, as the seqs above will be given again. The outbox stays.
   */
  clearStream(stream: StreamId, head: Cursor): void

  conversation(id: Id): ConversationRecord | null
  putConversation(record: ConversationRecord): void
}
