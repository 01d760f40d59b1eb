import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { StreamEntry } from '../../domain/stream-entry.ts'
import type { Page, PageRequest, Reads } from '../../store/store.ts'
import { RedisAway, type RedisCommands } from './redis-commands.ts'

/** Entries asked of Redis at once: bounds what one answer can weigh. */
const CHUNK = 128

export interface ReadObserver {
  /** A page was served from here; `refused` why the cache was not used. */
  read(from: 'cache' | 'database', refused: CacheRefusal | null): void
  /** Redis keeps less of the stream than the database has. */
  behind(stream: StreamId, head: number): void
  /** Redis keeps more than the database ever had: another history. */
  ahead(stream: StreamId, head: number): void
}

export type CacheRefusal = 'away' | 'behind' | 'ahead' | 'gap'

/**
 * Catch-up pages: from Redis when it surely holds all after the cursor, else from the database [V8].
 *
 * Surely: the database's head is read first, and Redis' newest entry must be at least that. By the append script a
 * stream with top h holds no body that an event up to h erased, so no deleted body is served either. And the entries
 * must follow the cursor without a gap.
 */
export class StreamReader {
  readonly #commands: Pick<RedisCommands, 'kept'>
  readonly #reads: Pick<Reads, 'entriesAfter' | 'heads'>
  readonly #observer: ReadObserver
  /** Streams whose heads are asked for in this turn, in one query. */
  #asked: {
    readonly streams: Set<StreamId>
    readonly heads: Promise<Map<StreamId, number>>
  } | null = null

  constructor(
    commands: Pick<RedisCommands, 'kept'>,
    reads: Pick<Reads, 'entriesAfter' | 'heads'>,
    observer: ReadObserver,
  ) {
    this.#commands = commands
    this.#reads = reads
    this.#observer = observer
  }

  /** @throws what the store throws; never for Redis' sake. */
  async readAfter(request: PageRequest, useCache: boolean): Promise<Page> {
    if (!useCache) return await this.#fromDatabase(request, 'away')
    const head = await this.#head(request.stream)
    if (request.after >= head) return { entries: [], head }
    try {
      const kept = await this.#fromCache(request, head)
      if (typeof kept !== 'string') {
        this.#observer.read('cache', null)
        return { entries: kept, head: Math.max(head, kept.at(-1)?.seq ?? 0) }
      }
      if (kept === 'behind') this.#observer.behind(request.stream, head)
      if (kept === 'ahead') this.#observer.ahead(request.stream, head)
      return await this.#fromDatabase(request, kept)
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause
      return await this.#fromDatabase(request, 'away')
    }
  }

  async #fromCache(
    { stream, after, limit, maxBytes }: PageRequest,
    head: number,
  ): Promise<StreamEntry[] | CacheRefusal> {
    const entries: StreamEntry[] = []
    let bytes = 0
    let cursor = after
    for (;;) {
      const { top, entries: chunk } = await this.#commands.kept(
        stream,
        cursor,
        Math.min(CHUNK, limit - entries.length),
      )
      if (top < head) return 'behind'
      // A commit since the head was read may explain it; the database knows.
      if (top > head && cursor === after && top > (await this.#head(stream))) return 'ahead'
      for (const entry of chunk) {
        if (entry.seq !== cursor + 1) return entries.length > 0 ? entries : 'gap'
        entries.push(entry)
        cursor = entry.seq
        bytes += Buffer.byteLength(entry.json)
        if (entries.length >= limit || bytes >= maxBytes) return entries
      }
      if (cursor >= head) return entries
      if (chunk.length === 0) return entries.length > 0 ? entries : 'gap'
    }
  }

  async #fromDatabase(request: PageRequest, refused: CacheRefusal): Promise<Page> {
    this.#observer.read('database', refused)
    return await this.#reads.entriesAfter(request)
  }

  /**
   * The stream's head. The query starts after the call, so that what was committed before the call is seen: a
   * result of an earlier query may not be shared.
   */
  async #head(stream: StreamId): Promise<number> {
    let asked = this.#asked
    if (asked === null) {
      const streams = new Set<StreamId>()
      const heads = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.#asked = null
        return this.#reads.heads([...streams])
      })
      asked = { streams, heads }
      this.#asked = asked
    }
    asked.streams.add(stream)
    return (await asked.heads).get(stream) ?? 0
  }
}
