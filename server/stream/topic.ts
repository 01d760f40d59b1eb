import type { StreamId } from '../../protocol/model/primitives.ts'
import type { Access, StreamEntry } from '../domain/stream-entry.ts'
import type { Page } from '../store/store.ts'
import { eventsFrames } from './frames.ts'
import type { Receiver } from './receiver.ts'
import type { Subscription } from './subscription.ts'

/** Entries that wait while a gap is filled, before they are dropped and read instead. */
const MAX_WAITING = 1_024

/** A subscription and where its entries go. */
export interface Subscriber {
  readonly subscription: Subscription
  readonly receiver: Receiver
  /** The subscription needs pages, or to have its membership checked. */
  attend(): void
}

export interface TopicOptions {
  /** Reads a page after a cursor, to fill a gap. Rejects when that is not possible now. */
  readonly read: (after: number) => Promise<Page>
  /** An entry that changed access has been handed on. */
  readonly onAccess: (access: Access) => void
  /** Filling a gap failed; `retry` is to be called later. */
  readonly onStuck: (error: unknown, retry: () => void) => void
}

/**
 * One stream on this node: takes what the bus delivers (which may lose, repeat and reorder), hands it to the
 * subscribers in order and without a gap. A gap is filled once for all of them, from the database.
 */
export class Topic {
  readonly stream: StreamId
  readonly #options: TopicOptions
  readonly #subscribers = new Set<Subscriber>()
  /** Seq of the last entry handed on, null before the head is known. */
  #last: number | null = null
  #filling = false
  #waiting: StreamEntry[] = []
  /** The highest seq that is known to exist. */
  #known = 0

  constructor(stream: StreamId, options: TopicOptions) {
    this.stream = stream
    this.#options = options
  }

  get subscribers(): ReadonlySet<Subscriber> {
    return this.#subscribers
  }

  /** Head of the stream as far as this node has handed it on. */
  get head(): number {
    return this.#last ?? 0
  }

  /** The highest seq that is known to exist, handed on or not. */
  get known(): number {
    return Math.max(this.#known, this.head)
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber)
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
  }

  /**
   * A head that was read after the bus began to deliver. Before the first entry it says where the topic begins: what
   * is older, its subscribers read themselves.
   */
  startAt(head: number): void {
    this.#known = Math.max(this.#known, head)
    this.#last ??= head
  }

  /** Something says that the head is at least this. Entries on their way are given a chance by the caller. */
  expect(head: number): void {
    this.#known = Math.max(this.#known, head)
    if (this.#last !== null && this.#last < head) this.#fill()
  }

  /** Takes entries from the bus, in seq order. */
  take(entries: readonly StreamEntry[]): void {
    const first = entries[0]
    const final = entries.at(-1)
    if (first === undefined || final === undefined) return
    this.#known = Math.max(this.#known, final.seq)
    this.#last ??= first.seq - 1
    if (this.#filling) {
      if (this.#waiting.length + entries.length <= MAX_WAITING) this.#waiting.push(...entries)
      else this.#waiting = []
      return
    }
    if (first.seq === this.#last + 1) this.#emit(entries)
    else if (final.seq > this.#last) {
      const rest = entries.filter(({ seq }) => seq > this.head)
      if (rest[0]?.seq === this.#last + 1) this.#emit(rest)
      else this.#fill()
    }
  }

  /** Reads what is missing and hands it on, then what came meanwhile. */
  #fill(): void {
    if (this.#filling) return
    this.#filling = true
    this.#readOn().then(
      () => {
        this.#filling = false
        const waiting = this.#waiting.filter(({ seq }) => seq > this.head)
        this.#waiting = []
        if (waiting[0]?.seq === this.head + 1) this.#emit(waiting)
        if (this.head < this.#known) this.#fill()
      },
      (error: unknown) => {
        this.#options.onStuck(error, () => {
          this.#filling = false
          this.#fill()
        })
      },
    )
  }

  async #readOn(): Promise<void> {
    while (this.head < this.#known) {
      const page = await this.#options.read(this.head)
      const next = page.entries.filter(({ seq }) => seq > this.head)
      if (next[0]?.seq !== this.head + 1) {
        if (page.head > this.head) throw new Error(`a page of ${this.stream} has a hole`)
        // The database is behind what was announced: an older copy was put back. It is the truth [V8].
        this.#known = this.head
        return
      }
      this.#emit(next)
    }
  }

  /** Hands on entries that continue from the last. One that changes access goes alone, so that it takes effect there. */
  #emit(entries: readonly StreamEntry[]): void {
    let from = 0
    for (let i = 0; i < entries.length; i++) {
      const access = entries[i]?.access
      if (access === undefined) continue
      if (i > from) this.#handOn(entries.slice(from, i))
      this.#handOnAccess(entries.slice(i, i + 1), access)
      from = i + 1
    }
    if (from === 0) this.#handOn(entries)
    else if (from < entries.length) this.#handOn(entries.slice(from))
  }

  #handOn(entries: readonly StreamEntry[]): void {
    const first = entries[0]
    const final = entries.at(-1)
    if (first === undefined || final === undefined) return
    this.#last = final.seq
    if (this.#subscribers.size === 0) return
    const shared = eventsFrames(this.stream, entries)
    for (const subscriber of this.#subscribers) {
      if (!subscriber.subscription.passLive(first.seq, final.seq)) this.#offer(subscriber, entries)
      else for (const frame of shared) subscriber.receiver.outlet.write(frame)
    }
  }

  #handOnAccess(entries: readonly StreamEntry[], access: Access): void {
    this.#last = entries.at(-1)?.seq ?? this.#last
    for (const subscriber of this.#subscribers) this.#offer(subscriber, entries)
    this.#options.onAccess(access)
  }

  #offer(subscriber: Subscriber, entries: readonly StreamEntry[]): void {
    const before = subscriber.subscription.phase
    const next = subscriber.subscription.takeLive(entries)
    for (const frame of eventsFrames(this.stream, next)) subscriber.receiver.outlet.write(frame)
    const after = subscriber.subscription.phase
    if (after !== before && (after === 'reading' || after === 'checking')) subscriber.attend()
  }
}
