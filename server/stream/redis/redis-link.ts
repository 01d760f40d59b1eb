import { ErrorReply } from 'redis'
import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { StreamEntry } from '../../domain/stream-entry.ts'
import type { AppendReply } from './append-script.ts'
import { decodeEntry, encodeEntry, seqOfEntryId } from './entry-codec.ts'
import type { RedisKeys } from './keys.ts'
import { type LinkEvent, type LinkHealth, nextHealth } from './link-health.ts'
import { type Client, openClient, reconnectDelay, widenStreamNodes } from './redis-clients.ts'
import {
  type Batch,
  type KeptEntries,
  RedisAway,
  type RedisCommands,
  type TrimStep,
} from './redis-commands.ts'
import { Subscriptions } from './subscriptions.ts'
import { type BusTiming, TimedOut, within } from './timing.ts'

/** Every command is answered within this, or counts as failed. */
const COMMAND_TIMEOUT_MS = 1_000
/** Someone waits for a catch-up, and the database could answer it: give up early. */
const READ_TIMEOUT_MS = 250
const PING_INTERVAL_MS = 1_000
const STREAM_TTL_SECONDS = 3 * 24 * 60 * 60

export interface LinkOptions {
  readonly url: string
  /** Name of this node, in every batch and signal. */
  readonly node: string
  readonly keys: RedisKeys
  readonly timing: BusTiming
  /** A message on a live channel or the signal channel. */
  readonly onMessage: (channel: string, payload: string) => void
  readonly onHealth: (health: LinkHealth) => void
  /** Redis began or ceased to refuse writes while it answers. */
  readonly onRefusing: (refusing: boolean) => void
  /** Errors of the connections, for the log. They carry no payload. */
  readonly onError: (cause: Error) => void
}

/**
 * The connections to Redis: one for commands, one that listens. It pings both, and is up only when both answer and
 * all subscriptions stand. Reconnects for ever with backoff.
 */
export class RedisLink implements RedisCommands {
  readonly #options: LinkOptions
  readonly #commands: Client
  readonly #listener: Client
  readonly #subscriptions: Subscriptions
  /** One function for all channels: the client library tells listeners apart by identity. */
  readonly #onMessage: (payload: string, channel: string) => void
  #health: LinkHealth = { status: 'down', cause: 'starting' }
  /** While Redis answers and refuses writes (out of memory, read only …): only a successful write ends it. */
  #refusing = false
  #cancelPing: () => void = () => undefined
  #closed = false

  constructor(options: LinkOptions) {
    this.#options = options
    const settings = {
      url: options.url,
      connectTimeoutMs: 2_000,
      silenceMs: 5_000,
      backoffMs: reconnectDelay(() => options.timing.random()),
    }
    this.#commands = openClient(settings, 'ferry-commands')
    this.#listener = openClient(settings, 'ferry-listener')
    this.#onMessage = (payload, channel) => options.onMessage(channel, payload)
    this.#subscriptions = new Subscriptions(
      {
        ready: () => this.#listener.isReady,
        subscribe: (channels) =>
          this.#within(
            COMMAND_TIMEOUT_MS,
            this.#listener.subscribe([...channels], this.#onMessage),
          ),
        unsubscribe: (channels) =>
          this.#within(
            COMMAND_TIMEOUT_MS,
            this.#listener.unsubscribe([...channels], this.#onMessage),
          ),
      },
      [options.keys.signals],
    )
  }

  /** Begins to connect and goes on for ever; resolves when Redis answers for the first time or after `ms`. */
  async start(ms: number): Promise<void> {
    for (const client of [this.#commands, this.#listener]) {
      client.on('error', (cause: Error) => {
        this.#options.onError(cause)
        if (!client.isReady) this.#react({ type: 'disconnected' })
      })
    }
    this.#listener.on('ready', () => this.#subscriptions.connectionReplaced())
    this.#commands.on('ready', () => {
      widenStreamNodes(this.#commands).catch((cause: unknown) => this.#failed(cause))
    })
    const connected = Promise.all([this.#commands.connect(), this.#listener.connect()])
    // It rejects only when the link is closed while connecting: then nobody waits any more.
    connected.catch((cause: Error) => this.#options.onError(cause))
    try {
      await within(this.#options.timing, ms, connected)
    } catch (cause) {
      if (!(cause instanceof TimedOut)) throw cause
    }
    await this.#ping()
  }

  get health(): LinkHealth {
    return this.#health
  }

  /** Whether Redis answers, but does not write. */
  get refusing(): boolean {
    return this.#refusing
  }

  /** Resolves when the subscription stands, or when it is known that it cannot now (health is down then). */
  async listen(stream: StreamId): Promise<void> {
    try {
      await this.#subscriptions.add(this.#options.keys.live(stream))
    } catch (cause) {
      this.#failed(cause)
    }
  }

  unlisten(stream: StreamId): void {
    this.#subscriptions.remove(this.#options.keys.live(stream)).catch((cause: unknown) => {
      this.#failed(cause)
    })
  }

  append(batch: Batch): Promise<AppendReply> {
    const { keys, node } = this.#options
    const [first] = batch.entries
    if (first === undefined) return Promise.reject(new RangeError('an empty batch'))
    return this.#run(COMMAND_TIMEOUT_MS, 'write', () =>
      this.#commands.appendEntries({
        key: keys.log(batch.stream),
        channel: keys.live(batch.stream),
        // Nobody's, so that this node takes in what it has not delivered to itself.
        origin: batch.delivered ? node : '',
        ttlSeconds: STREAM_TTL_SECONDS,
        mode: batch.mode,
        first: first.seq,
        entries: batch.entries.map(encodeEntry),
        erased: batch.erased,
      }),
    )
  }

  kept(stream: StreamId, after: number, limit: number): Promise<KeptEntries> {
    const key = this.#options.keys.log(stream)
    return this.#run(READ_TIMEOUT_MS, 'read', async () => {
      // Both go out in this order on one connection, so `top` is never newer than the entries.
      const [tops, range] = await Promise.all([
        this.#commands.xRevRange(key, '+', '-', { COUNT: 1 }),
        this.#commands.xRange(key, `${after + 1}-0`, '+', { COUNT: limit }),
      ])
      const entries: StreamEntry[] = []
      for (const { id, message } of range ?? []) {
        const seq = seqOfEntryId(id)
        const { e: value } = message
        const entry = seq === null || value === undefined ? null : decodeEntry(stream, seq, value)
        // What follows an entry that cannot be read would not be without a gap.
        if (entry === null) break
        entries.push(entry)
      }
      return { top: seqOfEntryId(tops?.[0]?.id ?? '') ?? 0, entries }
    })
  }

  async forget(stream: StreamId): Promise<void> {
    await this.#run(COMMAND_TIMEOUT_MS, 'write', () =>
      this.#commands.del(this.#options.keys.log(stream)),
    )
  }

  trim(stream: StreamId, cap: number, how: TrimStep): Promise<number> {
    const key = this.#options.keys.log(stream)
    return this.#run(COMMAND_TIMEOUT_MS, 'write', () =>
      how.type === 'exact'
        ? this.#commands.xTrim(key, 'MAXLEN', cap, { strategyModifier: '=' })
        : this.#commands.xTrim(key, 'MAXLEN', cap, { strategyModifier: '~', LIMIT: how.limit }),
    )
  }

  async signal(payload: string): Promise<void> {
    await this.#run(COMMAND_TIMEOUT_MS, 'read', () =>
      this.#commands.publish(this.#options.keys.signals, payload),
    )
  }

  /** Lets go of the connections at once. */
  close(): void {
    this.#closed = true
    this.#cancelPing()
    this.#react({ type: 'closed' })
    for (const client of [this.#commands, this.#listener]) {
      if (client.isOpen) client.destroy()
    }
  }

  async #run<T>(ms: number, kind: 'read' | 'write', command: () => Promise<T>): Promise<T> {
    if (this.#health.status === 'down') {
      throw new RedisAway(`Redis is away: ${this.#health.cause}`, false)
    }
    try {
      const value = await this.#within(ms, command())
      if (kind === 'write' && this.#refusing) this.#setRefusing(false)
      return value
    } catch (cause) {
      const refused = cause instanceof ErrorReply
      if (refused && kind === 'write') this.#setRefusing(true)
      // A slow read is no proof that Redis hangs; pings decide that.
      else if (!refused && !(kind === 'read' && cause instanceof TimedOut)) this.#failed(cause)
      throw new RedisAway('Redis did not do it', refused, { cause })
    }
  }

  #within<T>(ms: number, promise: Promise<T>): Promise<T> {
    return within(this.#options.timing, ms, promise)
  }

  #failed(cause: unknown): void {
    if (this.#closed) return
    if (cause instanceof TimedOut) this.#react({ type: 'unanswered' })
    else if (this.#ready()) this.#options.onError(asError(cause))
    else this.#react({ type: 'disconnected' })
  }

  #ready(): boolean {
    return this.#commands.isReady && this.#listener.isReady
  }

  /** One round: both connections answer, and every subscription that is wanted stands. Then the next is due. */
  async #ping(): Promise<void> {
    try {
      // Each by itself: one that is left in silence because the other is away would be given up too.
      const standing = [this.#commands, this.#listener].filter((client) => client.isReady)
      await this.#within(COMMAND_TIMEOUT_MS, Promise.all(standing.map((client) => client.ping())))
      if (this.#ready()) {
        await this.#subscriptions.restore()
        this.#react({ type: 'answered' })
      } else {
        this.#react({ type: 'disconnected' })
      }
    } catch (cause) {
      this.#failed(cause)
    }
    if (this.#closed) return
    this.#cancelPing = this.#options.timing.later(() => {
      void this.#ping()
    }, PING_INTERVAL_MS)
  }

  #setRefusing(refusing: boolean): void {
    if (this.#refusing === refusing) return
    this.#refusing = refusing
    this.#options.onRefusing(refusing)
  }

  #react(event: LinkEvent): void {
    const before = this.#health
    const after = nextHealth(before, event)
    this.#health = after
    const changed =
      before.status !== after.status ||
      (before.status === 'down' && after.status === 'down' && before.cause !== after.cause)
    if (changed) this.#options.onHealth(after)
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error('not an Error', { cause })
}
