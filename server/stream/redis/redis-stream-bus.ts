import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { CommittedStream } from '../../domain/stream-entry.ts'
import type { Page, PageRequest, Reads, Relay as RelayStore } from '../../store/store.ts'
import { OutboxRelay } from '../relay.ts'
import type { BusListener, BusState, Signal, StreamBus } from '../stream-bus.ts'
import { decodeLive } from './entry-codec.ts'
import { redisKeys } from './keys.ts'
import type { RedisBusObserver } from './observer.ts'
import { RedisAway } from './redis-commands.ts'
import { RedisLink } from './redis-link.ts'
import { decodeSignal, encodeSignal } from './signal-codec.ts'
import { StreamAppender } from './stream-appender.ts'
import { StreamReader } from './stream-reader.ts'
import { StreamTrimmer } from './stream-trimmer.ts'
import { type BusTiming, TimedOut, within } from './timing.ts'

/** How long a start waits for Redis before it goes on without, and a stop for what is on its way, in ms. */
const START_PATIENCE_MS = 2_000
const STOP_PATIENCE_MS = 700

export interface RedisBusOptions {
  readonly url: string
  readonly store: RelayStore & Pick<Reads, 'entriesAfter' | 'heads'> & { readonly instance: string }
  /** Name of this node, unlike that of any other; no newline. */
  readonly node: string
  /** How many entries Redis keeps of each stream, about. */
  readonly cap: number
  readonly timing: BusTiming
  readonly observer: RedisBusObserver
}

/**
 * The bus over Redis: a cache for catching up and the way to other nodes [V8, V9]. What this node commits reaches its
 * own listener at once, whatever Redis does; other nodes hear of it from the append script, and, when Redis is away,
 * from the heads in the database.
 */
export class RedisStreamBus implements StreamBus {
  readonly #options: RedisBusOptions
  readonly #link: RedisLink
  readonly #appender: StreamAppender
  readonly #reader: StreamReader
  readonly #trimmer: StreamTrimmer
  readonly #relay: OutboxRelay
  readonly #subscribed = new Set<StreamId>()
  readonly #streamOfLive: (channel: string) => StreamId | null
  #listener: BusListener | null = null
  #relayLag = 0

  constructor(options: RedisBusOptions) {
    const { store, timing, observer, node } = options
    const keys = redisKeys(store.instance)
    this.#options = options
    this.#streamOfLive = keys.streamOfLive
    this.#link = new RedisLink({
      url: options.url,
      node,
      keys,
      timing,
      onMessage: (channel, payload) => this.#onMessage(channel, payload),
      onHealth: (health) => {
        if (health.status === 'down' && health.cause === 'closed') return
        observer.redis(this.#degraded() ? 'degraded' : 'ok', this.#detail())
        if (health.status === 'down') this.#appender.dropAll()
        else this.#relay.hurry()
        this.#listener?.onInterrupted()
      },
      onRefusing: () => {
        observer.redis(this.#degraded() ? 'degraded' : 'ok', this.#detail())
        this.#listener?.onInterrupted()
      },
      onError: (cause) => observer.redisError(cause),
    })
    this.#trimmer = new StreamTrimmer(this.#link, { cap: options.cap, timing, observer })
    this.#appender = new StreamAppender(this.#link, store, {
      appended: (stream, { seq, count, length }) => {
        this.#relay.handedOver(stream, seq)
        this.#trimmer.appended(stream, count, length)
        observer.appended(count, length)
      },
      dropped: (_stream, cause) => observer.dropped(cause),
    })
    this.#reader = new StreamReader(this.#link, store, {
      read: (from, refused) => observer.read(from, refused),
      behind: (stream, head) => this.#relay.heal(stream, head),
      ahead: (stream, head) => {
        this.#link.forget(stream).then(
          () => this.#relay.heal(stream, head),
          (cause: unknown) => observer.redisError(cause),
        )
      },
    })
    this.#relay = new OutboxRelay(
      store,
      {
        ready: () => this.#link.health.status === 'up',
        bring: (stream, entries, mode) => this.#appender.appendStored(stream, entries, mode),
        forget: (stream) => this.#link.forget(stream),
      },
      timing,
      {
        lag: (events) => {
          this.#relayLag = events
        },
        failed: (cause) => {
          if (!(cause instanceof RedisAway)) observer.redisError(cause)
        },
      },
    )
  }

  /** Connects, or goes on without Redis after two seconds. Nothing reaches a listener that is not attached yet. */
  async start(): Promise<void> {
    await this.#link.start(START_PATIENCE_MS)
    this.#relay.start()
  }

  attach(listener: BusListener): void {
    this.#listener = listener
  }

  publish(committed: readonly CommittedStream[]): void {
    const up = this.#link.health.status === 'up'
    for (const change of committed) {
      if (change.entries.length > 0 && this.#subscribed.has(change.stream)) {
        this.#listener?.onEntries(change.stream, change.entries)
      }
      if (up) this.#appender.enqueue(change)
    }
  }

  async subscribe(stream: StreamId): Promise<void> {
    this.#subscribed.add(stream)
    await this.#link.listen(stream)
  }

  unsubscribe(stream: StreamId): void {
    this.#subscribed.delete(stream)
    this.#link.unlisten(stream)
  }

  readAfter(request: PageRequest): Promise<Page> {
    return this.#reader.readAfter(request, this.#link.health.status === 'up')
  }

  signal(signal: Signal): void {
    this.#listener?.onSignal(signal)
    this.#link.signal(encodeSignal(this.#options.node, signal)).catch((cause: unknown) => {
      // Best effort: what a lost signal would have told, heads and the database tell later.
      if (!(cause instanceof RedisAway)) this.#options.observer.redisError(cause)
    })
  }

  state(): BusState {
    return {
      status: this.#degraded() ? 'degraded' : 'ok',
      lossless: false,
      detail: this.#detail(),
      relayLag: this.#relayLag,
    }
  }

  /** Resolves when all that was given to `publish` before has been appended, or left to the relay. */
  settled(): Promise<void> {
    return this.#appender.settled()
  }

  async close(): Promise<void> {
    const { timing, observer } = this.#options
    try {
      const settled = this.#appender.settled().then(() => this.#relay.close())
      await within(timing, STOP_PATIENCE_MS, settled)
    } catch (cause) {
      if (!(cause instanceof TimedOut)) observer.redisError(cause)
    }
    this.#trimmer.close()
    this.#link.close()
  }

  #degraded(): boolean {
    return this.#link.health.status === 'down' || this.#link.refusing
  }

  #detail(): string {
    const { health } = this.#link
    if (health.status === 'down') return `redis: ${health.cause}`
    return this.#link.refusing ? 'redis: refuses writes' : 'redis'
  }

  #onMessage(channel: string, payload: string): void {
    const stream = this.#streamOfLive(channel)
    if (stream === null) {
      const message = decodeSignal(payload)
      if (message === null) this.#options.observer.unreadable('signal')
      else if (message.origin !== this.#options.node) this.#listener?.onSignal(message.signal)
      return
    }
    if (!this.#subscribed.has(stream) || payload.startsWith(`${this.#options.node}\n`)) return
    const batch = decodeLive(stream, payload)
    if (batch === null) this.#options.observer.unreadable('entries')
    else this.#listener?.onEntries(stream, batch)
  }
}
