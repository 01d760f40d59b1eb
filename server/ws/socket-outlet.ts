import type { Duplex } from 'node:stream'
import { MAX_WAITING_BYTES } from '../../protocol/limits.ts'
import type { Outlet } from '../stream/receiver.ts'

/** Below this many waiting bytes, a page may follow. */
const LOW_BYTES = 256 * 1024
/** What may be collected within one turn, before the peer had a chance to take any of it. */
const MAX_COLLECTED_BYTES = 4 * MAX_WAITING_BYTES

/**
 * Collects what is written in one turn of the event loop, so that each socket gets it in one system call: a reply and
 * the events of the same commit leave together.
 */
export class Turn {
  #dirty: SocketOutlet[] = []

  add(outlet: SocketOutlet): void {
    this.#dirty.push(outlet)
    if (this.#dirty.length > 1) return
    // After the callbacks of promises that are settled now, which write the replies of this commit.
    queueMicrotask(() => process.nextTick(() => this.#flush()))
  }

  #flush(): void {
    const dirty = this.#dirty
    this.#dirty = []
    for (const outlet of dirty) outlet.flush()
  }
}

/** The way out to one socket, with a bound on what may wait [V7]. */
export class SocketOutlet implements Outlet {
  readonly #socket: Duplex
  readonly #turn: Turn
  readonly #onOverflow: () => void
  #state: 'idle' | 'collecting' | 'closed' = 'idle'
  /** One for each stream that catches up, and for a page: too many to be listeners of the socket. */
  #waitingForRoom: (() => void)[] = []

  /** `onOverflow` is called once, when more than MAX_WAITING_BYTES wait; the outlet is closed then. */
  constructor(socket: Duplex, turn: Turn, onOverflow: () => void) {
    this.#socket = socket
    this.#turn = turn
    this.#onOverflow = onOverflow
  }

  get waiting(): number {
    return this.#socket.writableLength
  }

  get isLow(): boolean {
    return this.waiting < LOW_BYTES
  }

  onceLow(callback: () => void): void {
    this.#waitingForRoom.push(callback)
    if (this.#waitingForRoom.length > 1) return
    this.#socket.once('drain', () => {
      const waiting = this.#waitingForRoom
      this.#waitingForRoom = []
      for (const call of waiting) call()
    })
  }

  write(frame: Buffer): void {
    if (this.#state === 'closed') return
    if (this.#state === 'idle') {
      this.#state = 'collecting'
      this.#socket.cork()
      this.#turn.add(this)
    }
    this.#socket.write(frame)
    if (this.waiting > MAX_COLLECTED_BYTES) this.#onOverflow()
  }

  /** Sends what was collected. What the peer and the systems between do not take, waits. */
  flush(): void {
    if (this.#state !== 'collecting') return
    this.#state = 'idle'
    this.#socket.uncork()
    if (this.waiting > MAX_WAITING_BYTES) this.#onOverflow()
  }

  /** Sends a last frame whatever waits; then takes nothing more. What was taken still leaves. */
  writeLast(frame: Buffer): void {
    const state = this.#state
    if (state === 'closed') return
    this.#state = 'closed'
    this.#socket.write(frame)
    if (state === 'collecting') this.#socket.uncork()
  }
}
