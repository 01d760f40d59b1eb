/** The part of a connection that subscribes. Both calls reject when they are not confirmed in time. */
export interface SubscribingConnection {
  ready(): boolean
  subscribe(channels: readonly string[]): Promise<unknown>
  unsubscribe(channels: readonly string[]): Promise<unknown>
}

/**
 * Which channels are wanted, and which are confirmed on the connection that stands now. The client library
 * subscribes again by itself after a reconnect, but only to what was confirmed before; this one knows all that is
 * wanted, and says when all of it stands.
 */
export class Subscriptions {
  readonly #connection: SubscribingConnection
  /** Wanted channels; true once confirmed on this connection. */
  readonly #wanted = new Map<string, boolean>()
  #waiting: Set<string> | null = null
  #flush: Promise<void> = Promise.resolve()

  constructor(connection: SubscribingConnection, always: readonly string[]) {
    this.#connection = connection
    for (const channel of always) this.#wanted.set(channel, false)
  }

  /** Resolves when confirmed. All that is asked for in one turn goes in one command. */
  add(channel: string): Promise<void> {
    this.#wanted.set(channel, false)
    if (this.#waiting === null) {
      const batch = new Set<string>()
      this.#waiting = batch
      this.#flush = Promise.resolve().then(() => {
        this.#waiting = null
        return this.#subscribe([...batch])
      })
    }
    this.#waiting.add(channel)
    return this.#flush
  }

  async remove(channel: string): Promise<void> {
    this.#wanted.delete(channel)
    this.#waiting?.delete(channel)
    if (this.#connection.ready()) await this.#connection.unsubscribe([channel])
  }

  /** A new connection stands: nothing is confirmed on it. */
  connectionReplaced(): void {
    for (const channel of this.#wanted.keys()) this.#wanted.set(channel, false)
  }

  /** Subscribes to what is wanted and not confirmed; resolves when all of it is. */
  async restore(): Promise<void> {
    const missing: string[] = []
    for (const [channel, confirmed] of this.#wanted) if (!confirmed) missing.push(channel)
    await this.#subscribe(missing)
  }

  async #subscribe(channels: readonly string[]): Promise<void> {
    const wanted = channels.filter((channel) => this.#wanted.has(channel))
    if (wanted.length === 0) return
    await this.#connection.subscribe(wanted)
    const removed: string[] = []
    for (const channel of wanted) {
      if (this.#wanted.has(channel)) this.#wanted.set(channel, true)
      else removed.push(channel)
    }
    if (removed.length > 0) await this.#connection.unsubscribe(removed)
  }
}
