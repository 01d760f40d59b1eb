import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { CommittedStream, StreamEntry } from '../domain/stream-entry.ts'
import type { Page, PageRequest } from '../store/store.ts'

/**
 * The way from a commit to the sockets of this node and of all others, and a cache for catching up. It may be slow,
 * lose, repeat and reorder: the database is the truth [V8], topics (topic.ts) put entries in order, fill gaps from
 * `readAfter` and drop repeats. It never delays a reply and never rejects for a cause of its own: what it cannot do
 * it leaves to the database.
 */
export interface StreamBus {
  /** The one listener of this node. Called once, before anything else. */
  attach(listener: BusListener): void
  /** Takes what this node committed, in commit order. Does not throw, does not wait. */
  publish(committed: readonly CommittedStream[]): void
  /**
   * Entries published from the moment this resolves reach the listener, barring faults that `onInterrupted` tells of.
   * Counted by the caller: called once a stream until `unsubscribe`.
   */
  subscribe(stream: StreamId): Promise<void>
  unsubscribe(stream: StreamId): void
  /** A page, from the cache if it surely holds all after the cursor, else from the database. */
  readAfter(request: PageRequest): Promise<Page>
  /** Tells every node, this one included. Best effort. */
  signal(signal: Signal): void
  /** `degraded`: live delivery may lose; the hub then asks the database for heads every 2 s. */
  state(): BusState
  /** Publishes what it still holds, as far as that takes less than a second, and lets go. */
  close(): Promise<void>
}

export interface BusListener {
  /** Entries of a subscribed stream, in seq order within the call. */
  onEntries(stream: StreamId, entries: readonly StreamEntry[]): void
  /** A stream's head is at least this: if entries up to it do not come, they were lost. */
  onHead(stream: StreamId, head: number): void
  onSignal(signal: Signal): void
  /** Entries of any stream may have been lost: ask the database for heads. */
  onInterrupted(): void
}

/** What nodes tell each other and keep nowhere. */
export type Signal =
  | { readonly type: 'typing'; readonly conversation: Id; readonly user: Id }
  /** Members of a conversation have come further. */
  | {
      readonly type: 'receipts'
      readonly conversation: Id
      readonly receipts: readonly Receipt[]
    }
  /** How many sockets a user has on a node now, and in which conversations it may be seen. */
  | {
      readonly type: 'presence'
      readonly node: string
      readonly user: Id
      readonly sockets: number
      readonly conversations: readonly Id[]
    }
  /** A node is there; one that is not heard of for 30 s has no sockets any more. */
  | { readonly type: 'node'; readonly node: string; readonly alive: boolean }
  /** A token was revoked: its sockets are closed on every node [V6]. Hex of its SHA-256. */
  | { readonly type: 'revoked'; readonly tokenHash: string }

/** What /healthz and /metrics say of the bus. */
export interface BusState {
  readonly status: 'ok' | 'degraded'
  /** True when `publish` delivers in process and nothing can be lost: the hub need not ask for heads. */
  readonly lossless: boolean
  /** In words, for /healthz; no secrets. */
  readonly detail: string
  /** Events committed and not yet handed to the bus, as last known; 0 for in-process. */
  readonly relayLag: number
}
