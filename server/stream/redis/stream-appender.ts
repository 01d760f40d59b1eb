import type { StreamId } from '../../../protocol/model/primitives.ts'
import { type CommittedStream, erasesBodies, type StreamEntry } from '../../domain/stream-entry.ts'
import type { Reads } from '../../store/store.ts'
import { type Batch, RedisAway, type RedisCommands } from './redis-commands.ts'

/** One append: at most this much JSON (UTF-16 units) and this many entries, so that Redis is never busy for long. */
const BATCH_SIZE = 512 * 1024
const BATCH_ENTRIES = 500
/** What may wait for Redis in this node. Beyond it the relay brings it from the database later. */
const MAX_WAITING_SIZE = 16 * 1024 * 1024
/** A gap longer than this is not filled: the Redis stream begins anew after it. */
const MAX_GAP_FILLED = 1_000
/** Others append too, so a gap may open again while one is filled; after this many the relay has to do it. */
const MAX_ROUNDS = 5

export interface AppendObserver {
  /** `count` entries up to `seq` are in Redis and published; the Redis stream is `length` long. */
  appended(stream: StreamId, appended: { seq: number; count: number; length: number }): void
  /** Entries of the stream were let go before they got to Redis; the relay has to bring them. */
  dropped(stream: StreamId, cause: 'away' | 'refused' | 'too much waits' | 'gap'): void
}

interface Queue {
  entries: StreamEntry[]
  erased: number[]
}

/**
 * Appends what this node committed to Redis, each stream in order and one batch at a time: what is committed while
 * a batch is on its way goes together in the next.
 */
export class StreamAppender {
  readonly #commands: Pick<RedisCommands, 'append'>
  readonly #reads: Pick<Reads, 'entriesAfter'>
  readonly #observer: AppendObserver
  readonly #queues = new Map<StreamId, Queue>()
  readonly #running = new Map<StreamId, Promise<void>>()
  #waitingSize = 0

  constructor(
    commands: Pick<RedisCommands, 'append'>,
    reads: Pick<Reads, 'entriesAfter'>,
    observer: AppendObserver,
  ) {
    this.#commands = commands
    this.#reads = reads
    this.#observer = observer
  }

  /** Takes what was committed to one stream. Neither waits nor throws. */
  enqueue({ stream, entries, rewritten }: CommittedStream): void {
    const queue = this.#queues.get(stream) ?? { entries: [], erased: [] }
    const size = entries.reduce((sum, entry) => sum + entry.json.length, 0)
    if (this.#waitingSize + size > MAX_WAITING_SIZE) {
      this.#drop(stream)
      this.#observer.dropped(stream, 'too much waits')
      return
    }
    this.#waitingSize += size
    queue.entries.push(...entries)
    for (const { seq, json } of rewritten) {
      queue.erased.push(seq)
      const waiting = queue.entries.findIndex((entry) => entry.seq === seq)
      // A body that was erased before it left this node never gets to Redis.
      if (waiting >= 0) queue.entries[waiting] = { seq, json }
    }
    this.#queues.set(stream, queue)
    if (!this.#running.has(stream)) this.#running.set(stream, this.#run(stream))
  }

  /** Lets go of all that waits. */
  dropAll(): void {
    for (const stream of [...this.#queues.keys()]) this.#drop(stream)
  }

  /** Resolves when what waits now has been appended or dropped. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /**
   * Brings entries from the database into Redis, for the relay and for gaps: a batch that holds a deletion begins
   * the Redis stream anew, because which older bodies it erased is not known here.
   * @returns the seq up to which Redis now has the stream.
   * @throws RedisAway; whatever the store throws.
   */
  async appendStored(
    stream: StreamId,
    entries: readonly StreamEntry[],
    mode: Batch['mode'] = 'append',
  ): Promise<number> {
    return this.#append({
      stream,
      entries,
      erased: [],
      mode: entries.some(erasesBodies) ? 'restart' : mode,
      delivered: false,
    })
  }

  async #run(stream: StreamId): Promise<void> {
    // The commits of one turn of the event loop go together.
    await Promise.resolve()
    for (;;) {
      const batch = this.#take(stream)
      if (batch === null) {
        // In the same stretch in which nothing was found to wait: what comes next begins a new run.
        this.#running.delete(stream)
        return
      }
      try {
        await this.#append(batch)
      } catch (cause) {
        // The store's rejections end here too: the relay will ask it again.
        this.#drop(stream)
        const refused = cause instanceof RedisAway && cause.refused
        this.#observer.dropped(stream, refused ? 'refused' : 'away')
      }
    }
  }

  async #append(batch: Batch): Promise<number> {
    let { mode } = batch
    const first = batch.entries[0]?.seq ?? 0
    const seq = batch.entries.at(-1)?.seq ?? 0
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const reply = await this.#commands.append({ ...batch, mode })
      if (reply.status === 'ok') {
        const count = batch.entries.length
        this.#observer.appended(batch.stream, { seq, count, length: reply.length })
        return Math.max(seq, reply.last)
      }
      if (first - reply.last > MAX_GAP_FILLED) mode = 'restart'
      else await this.#fill(batch.stream, reply.last, first)
    }
    this.#observer.dropped(batch.stream, 'gap')
    return 0
  }

  /** Appends, from the database, what comes after `last` and before `first`. */
  async #fill(stream: StreamId, last: number, first: number): Promise<void> {
    const page = await this.#reads.entriesAfter({
      stream,
      after: last,
      limit: Math.min(BATCH_ENTRIES, first - last - 1),
      maxBytes: BATCH_SIZE,
    })
    const { entries } = page
    if (entries[0]?.seq !== last + 1) return
    const reply = await this.#commands.append({
      stream,
      entries,
      erased: [],
      mode: entries.some(erasesBodies) ? 'restart' : 'append',
      delivered: false,
    })
    this.#observer.appended(stream, {
      seq: entries.at(-1)?.seq ?? last,
      count: entries.length,
      length: reply.length,
    })
  }

  /** The next batch: a run without a gap, bounded. */
  #take(stream: StreamId): Batch | null {
    const queue = this.#queues.get(stream)
    const [first] = queue?.entries ?? []
    if (queue === undefined || first === undefined) {
      this.#queues.delete(stream)
      return null
    }
    let count = 0
    let size = 0
    for (const entry of queue.entries) {
      if (entry.seq !== first.seq + count || count === BATCH_ENTRIES) break
      if (count > 0 && size + entry.json.length > BATCH_SIZE) break
      count += 1
      size += entry.json.length
    }
    const entries = queue.entries.splice(0, count)
    this.#waitingSize -= size
    // A deletion comes after what it erased: each batch carries all that its own deletions, or earlier ones, erased.
    const final = first.seq + count - 1
    const erased = queue.erased.filter((seq) => seq < final)
    if (queue.entries.length === 0) this.#queues.delete(stream)
    return { stream, entries, erased, mode: 'append', delivered: true }
  }

  #drop(stream: StreamId): void {
    const queue = this.#queues.get(stream)
    if (queue === undefined) return
    for (const entry of queue.entries) this.#waitingSize -= entry.json.length
    this.#queues.delete(stream)
  }
}
