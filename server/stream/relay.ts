import type { StreamId } from '../../protocol/model/primitives.ts'
import type { StreamEntry } from '../domain/stream-entry.ts'
import type { Reads, Relay as RelayStore } from '../store/store.ts'
import type { BusTiming } from './redis/timing.ts'

/** Every node looks about this often, in ms, each with its own jitter so that they do not look together. */
const INTERVAL_MS = 1_000
const JITTER = 0.25
/** Streams looked at in one go. */
const STREAMS_PER_LOOK = 200
/** Newest entries of a stream that are brought into the cache; older ones are read from the database anyway. */
const MAX_BROUGHT = 1_000
/** Streams that wait to be healed; beyond, a later read asks again. */
const MAX_HEALING = 1_000
const PAGE_BYTES = 512 * 1024
const PAGE_ENTRIES = 500

/** Where the relay brings events. */
export interface RelayTarget {
  /** False while there is no use in trying. */
  ready(): boolean
  /**
   * Appends entries, without a gap in themselves; `restart` drops what is kept before them.
   * @returns the seq up to which the target has the stream now.
   */
  bring(
    stream: StreamId,
    entries: readonly StreamEntry[],
    mode: 'append' | 'restart',
  ): Promise<number>
  /** After the target refused a stream: makes it forget what it holds under that name. */
  forget(stream: StreamId): Promise<void>
}

export interface RelayObserver {
  /** Events committed and not marked as relayed, when looked at last; a lower bound if many streams are behind. */
  lag(events: number): void
  /** One stream could not be brought, or the store could not be asked; it is tried again at the next look. */
  failed(cause: unknown): void
}

/**
 * The outbox relay [V10]: brings to the bus what was committed and never got there, because a node died between
 * commit and publish or because the bus was away. Any number of nodes may do it at once: the bus drops repeats.
 * How far each stream has been handed over is kept in the database.
 */
export class OutboxRelay {
  readonly #store: RelayStore & Pick<Reads, 'entriesAfter'>
  readonly #target: RelayTarget
  readonly #timing: BusTiming
  readonly #observer: RelayObserver
  /** Handed over by this node, not yet marked in the database. */
  #handedOver = new Map<StreamId, number>()
  /** What each stream was behind at the look before: only what has not moved since is surely forgotten. */
  #before = new Map<StreamId, number>()
  /** Heads of streams of which the bus was found to keep less than the database, though it once had them. */
  readonly #healing = new Map<StreamId, number>()
  /** All that is behind is to be brought, not only what has not moved: nothing of it can be on its way. */
  #hurried = true
  #cancel: () => void = () => undefined
  #looking: Promise<void> | null = null
  #closed = false

  constructor(
    store: RelayStore & Pick<Reads, 'entriesAfter'>,
    target: RelayTarget,
    timing: BusTiming,
    observer: RelayObserver,
  ) {
    this.#store = store
    this.#target = target
    this.#timing = timing
    this.#observer = observer
  }

  /** Looks at once, then about every second. */
  start(): void {
    this.#look()
  }

  /** The bus has all of this stream up to `seq`. Written to the database with the next look. */
  handedOver(stream: StreamId, seq: number): void {
    if (seq > (this.#handedOver.get(stream) ?? 0)) this.#handedOver.set(stream, seq)
  }

  /** The bus lost what it had of a stream (flushed, rolled back): its newest part is brought again, soon. */
  heal(stream: StreamId, head: number): void {
    if (this.#healing.size < MAX_HEALING) this.#healing.set(stream, head)
  }

  /** The bus was away: what it missed is brought at once. */
  hurry(): void {
    this.#hurried = true
    if (this.#looking !== null || this.#closed) return
    this.#cancel()
    this.#look()
  }

  /** Stops, and writes down what was handed over. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    await this.#looking
    await this.#mark()
  }

  #look(): void {
    this.#looking = this.#round()
      .catch((cause: unknown) => this.#observer.failed(cause))
      .then(() => {
        this.#looking = null
        if (this.#closed) return
        if (this.#hurried && this.#target.ready()) {
          this.#look()
          return
        }
        const spread = 1 + JITTER * (2 * this.#timing.random() - 1)
        this.#cancel = this.#timing.later(() => this.#look(), INTERVAL_MS * spread)
      })
  }

  async #round(): Promise<void> {
    const hurried = this.#hurried && this.#target.ready()
    if (hurried) this.#hurried = false
    await this.#mark()
    for (;;) {
      const behind = await this.#store.unrelayed(STREAMS_PER_LOOK)
      this.#observer.lag(behind.reduce((sum, { relayed, head }) => sum + head - relayed, 0))
      const due = hurried
        ? behind
        : behind.filter(({ stream, relayed }) => this.#before.get(stream) === relayed)
      this.#before = new Map(behind.map(({ stream, relayed }) => [stream, relayed]))
      if (due.length === 0 || !this.#target.ready()) break
      let brought = 0
      for (const { stream, relayed, head } of due) {
        if (this.#closed) return
        if (await this.#bring(stream, relayed, head)) brought += 1
      }
      await this.#mark()
      // A full page that got shorter: there may be more behind it.
      if (behind.length < STREAMS_PER_LOOK || brought === 0) break
    }
    for (const [stream, head] of this.#healing) {
      if (this.#closed || !this.#target.ready()) return
      this.#healing.delete(stream)
      await this.#bring(stream, Math.max(0, head - MAX_BROUGHT), head)
    }
  }

  /** Whether the stream got further. */
  async #bring(stream: StreamId, relayed: number, head: number): Promise<boolean> {
    let mode: 'append' | 'restart' = head - relayed > MAX_BROUGHT ? 'restart' : 'append'
    let after = Math.max(relayed, head - MAX_BROUGHT)
    try {
      while (after < head) {
        const { entries } = await this.#store.entriesAfter({
          stream,
          after,
          limit: PAGE_ENTRIES,
          maxBytes: PAGE_BYTES,
        })
        const last = entries.at(-1)
        if (last === undefined) break
        const reached = await this.#target.bring(stream, entries, mode)
        // Others are at it too: go on from wherever the target is by now.
        after = Math.max(last.seq, Math.min(reached, head))
        mode = 'append'
        this.handedOver(stream, last.seq)
      }
      return true
    } catch (cause) {
      this.#observer.failed(cause)
      if (this.#target.ready()) await this.#forget(stream)
      return false
    }
  }

  async #forget(stream: StreamId): Promise<void> {
    try {
      await this.#target.forget(stream)
    } catch (cause) {
      this.#observer.failed(cause)
    }
  }

  async #mark(): Promise<void> {
    if (this.#handedOver.size === 0) return
    const marks = this.#handedOver
    this.#handedOver = new Map()
    try {
      await this.#store.markRelayed(marks)
    } catch (cause) {
      for (const [stream, seq] of marks) this.handedOver(stream, seq)
      throw cause
    }
  }
}
