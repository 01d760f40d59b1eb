import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { StreamEntry } from '../../domain/stream-entry.ts'
import type { AppendReply } from './append-script.ts'

/** A batch for one stream: entries in seq order without a gap, at least one. */
export interface Batch {
  readonly stream: StreamId
  readonly entries: readonly StreamEntry[]
  /** Seqs of earlier entries whose body these events erased. */
  readonly erased: readonly number[]
  /** `restart`: what Redis keeps of the stream goes before the batch is appended. */
  readonly mode: 'append' | 'restart'
  /** Whether this node has handed these entries to its own listener already. */
  readonly delivered: boolean
}

/** What Redis keeps after a cursor. */
export interface KeptEntries {
  /** Seq of the newest entry kept, 0 for none; read before the entries. */
  readonly top: number
  /** In seq order; there may be gaps. */
  readonly entries: readonly StreamEntry[]
}

/**
 * What the bus asks of Redis. Every call rejects with RedisAway when Redis does not do it in time: within
 * a second, and at once while it is known to be away.
 */
export interface RedisCommands {
  append(batch: Batch): Promise<AppendReply>
  kept(stream: StreamId, after: number, limit: number): Promise<KeptEntries>
  /** Drops what Redis keeps of a stream. */
  forget(stream: StreamId): Promise<void>
  /** Trims towards `cap`, taking out at most about `limit` entries; how many it took. `approximate` leaves whole nodes. */
  trim(stream: StreamId, cap: number, how: TrimStep): Promise<number>
  signal(payload: string): Promise<void>
}

export type TrimStep =
  | { readonly type: 'approximate'; readonly limit: number }
  /** For the rest that whole nodes leave over, less than one node. */
  | { readonly type: 'exact' }

/** Redis did not do it: away, too slow, or it refused. Nothing is lost by it: the database is the truth [V8]. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway'
  /** Redis answered, with an error: out of memory, read only, or something foreign under our key. */
  readonly refused: boolean

  constructor(message: string, refused: boolean, options?: ErrorOptions) {
    super(message, options)
    this.refused = refused
  }
}
