/**
 * What time it is at the server, by what it says of its own time. A word is on its way for a while, so that each one
 * tells the least it can be; the wall clock of this computer, which may be wrong or jump, has no part in it.
 */
export class ServerClock {
  /** Server time minus monotonic time, in ms; null before the server has said anything. */
  #ahead: number | null = null

  /** The server has said its time, ms since the epoch. */
  heard(serverMs: number, monotonicMs: number): void {
    if (Number.isNaN(serverMs)) return
    this.#ahead = Math.max(this.#ahead ?? Number.NEGATIVE_INFINITY, serverMs - monotonicMs)
  }

  /** ms since the epoch at the server; by this computer's clock while nothing was heard. */
  now({ wallMs, monotonicMs }: { readonly wallMs: number; readonly monotonicMs: number }): number {
    return this.#ahead === null ? wallMs : monotonicMs + this.#ahead
  }
}
