/** A ping goes out this often, in ms. */
const PING_EVERY_MS = 15_000
/** A peer that gave no sign of life for this long is dropped, in ms: with a look each second, within 45 s. */
const DEAD_AFTER_MS = 43_000

/** A peer that takes none of what waits for it for this long is told to come back, in ms, whatever it answers. */
const STUCK_AFTER_MS = 60_000

/** What the socket says of itself at a look. */
export interface SocketLook {
  /** Bytes that wait in this process. */
  readonly waiting: number
  /** Bytes that the system has taken since the socket was opened. */
  readonly flushed: number
}

/** What to do now. */
export type LivenessVerdict = 'fine' | 'ping' | 'dead' | 'stuck'

/**
 * Tells dead peers from slow ones. Anything that is received is a sign of life; so is that waiting bytes leave, because
 * on a slow line a ping may stand behind a minute of them. Times are ms of a clock that does not jump.
 */
export class Liveness {
  #heardAt: number
  #pingedAt: number
  #last: SocketLook = { waiting: 0, flushed: 0 }
  /** When it last took something, or had nothing to take. */
  #tookAt: number

  constructor(now: number) {
    this.#heardAt = now
    this.#pingedAt = now
    this.#tookAt = now
  }

  /** Something came from the peer. */
  heard(now: number): void {
    this.#heardAt = now
  }

  /** Called about once a second. */
  look(now: number, socket: SocketLook): LivenessVerdict {
    // With nothing waiting before, a growing count is only our own ping in the system's buffer.
    if (this.#last.waiting > 0 && socket.flushed > this.#last.flushed) this.#heardAt = now
    if (socket.waiting === 0 || socket.flushed > this.#last.flushed) this.#tookAt = now
    this.#last = socket
    if (now - this.#heardAt >= DEAD_AFTER_MS) return 'dead'
    if (now - this.#tookAt >= STUCK_AFTER_MS) return 'stuck'
    if (now - this.#pingedAt < PING_EVERY_MS) return 'fine'
    this.#pingedAt = now
    return 'ping'
  }
}
