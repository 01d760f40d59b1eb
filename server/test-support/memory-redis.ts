import type { StreamId } from '../../protocol/model/primitives.ts'
import type { StreamEntry } from '../domain/stream-entry.ts'
import type { AppendReply } from '../stream/redis/append-script.ts'
import {
  type Batch,
  type KeptEntries,
  RedisAway,
  type RedisCommands,
  type TrimStep,
} from '../stream/redis/redis-commands.ts'

/** Does what the scripts do, in memory: for unit tests of what stands above Redis. */
export class MemoryRedis implements RedisCommands {
  readonly streams = new Map<StreamId, Map<number, StreamEntry>>()
  readonly appends: Batch[] = []
  readonly trims: { stream: StreamId; how: TrimStep['type']; removed: number }[] = []
  /** What every command does now. */
  mood: 'well' | 'away' | 'refuses' = 'well'
  /** Entries that whole nodes of the real one would leave over at an approximate trim. */
  nodeSize = 1

  async append(batch: Batch): Promise<AppendReply> {
    this.#check()
    this.appends.push(batch)
    const first = batch.entries[0]?.seq ?? 0
    const final = batch.entries.at(-1)?.seq ?? 0
    let kept = this.#of(batch.stream)
    let last = Math.max(0, ...kept.keys())
    if (last < final) {
      if (batch.mode === 'restart') {
        kept.clear()
        last = 0
      } else if (last > 0 && first > last + 1) return { status: 'gap', last, length: kept.size }
      for (const entry of batch.entries) if (entry.seq > last) kept.set(entry.seq, entry)
    }
    kept = this.#of(batch.stream)
    for (const seq of batch.erased) kept.delete(seq)
    return { status: 'ok', last: Math.max(0, ...kept.keys()), length: kept.size }
  }

  async kept(stream: StreamId, after: number, limit: number): Promise<KeptEntries> {
    this.#check()
    const kept = this.#of(stream)
    const entries = [...kept.values()].filter(({ seq }) => seq > after).slice(0, limit)
    return { top: Math.max(0, ...kept.keys()), entries }
  }

  async forget(stream: StreamId): Promise<void> {
    if (this.mood === 'away') this.#check()
    this.streams.delete(stream)
  }

  async trim(stream: StreamId, cap: number, how: TrimStep): Promise<number> {
    this.#check()
    const kept = this.#of(stream)
    const excess = Math.max(0, kept.size - cap)
    const removed =
      how.type === 'exact'
        ? excess
        : Math.min(how.limit, Math.floor(excess / this.nodeSize) * this.nodeSize)
    for (const seq of [...kept.keys()].slice(0, removed)) kept.delete(seq)
    this.trims.push({ stream, how: how.type, removed })
    return removed
  }

  async signal(): Promise<void> {
    this.#check()
  }

  seqs(stream: StreamId): number[] {
    return [...this.#of(stream).keys()]
  }

  #of(stream: StreamId): Map<number, StreamEntry> {
    const kept = this.streams.get(stream) ?? new Map<number, StreamEntry>()
    this.streams.set(stream, kept)
    return kept
  }

  #check(): void {
    if (this.mood !== 'well') throw new RedisAway('a test says so', this.mood === 'refuses')
  }
}
