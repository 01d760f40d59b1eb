import type { AppEvent } from '../../protocol/ipc/views.ts'
import type { Clock, Timers } from '../sync/clock.ts'
import type { ChangeSet, Changes } from './changes.ts'

/** Shortest time between two tellings, in ms: what changes more often than the screen is drawn is told once. */
export const FRAME_MS = 16

export interface EmitterPorts {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Pick<Timers, 'set'> & { defer(callback: () => void): () => void }
  readonly changes: Changes
  /** Makes the events of a set. */
  readonly describe: (set: ChangeSet) => AppEvent[]
  readonly emit: (event: AppEvent) => void
}

/** Tells what changed: the first change at once (in the next turn), and then once a frame. */
export class Emitter {
  readonly #ports: EmitterPorts
  #lastMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor(ports: EmitterPorts) {
    this.#ports = ports
    ports.changes.listen(() => this.#schedule())
  }

  /** Tells what there is now. */
  flush(): void {
    this.#cancel?.()
    this.#cancel = null
    const { changes, clock, describe, emit } = this.#ports
    if (changes.isEmpty) return
    this.#lastMs = clock.monotonic()
    for (const event of describe(changes.take())) emit(event)
    if (!changes.isEmpty) this.#schedule()
  }

  /** The same, unless the last telling is less than a frame ago. */
  flushIfDue(): void {
    if (this.#waitMs() <= 0) this.flush()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#ports.changes.listen(() => undefined)
  }

  #schedule(): void {
    if (this.#cancel !== null) return
    const { timers } = this.#ports
    const waitMs = this.#waitMs()
    const flush = () => this.flush()
    this.#cancel = waitMs > 0 ? timers.set(waitMs, flush) : timers.defer(flush)
  }

  #waitMs(): number {
    return this.#lastMs + FRAME_MS - this.#ports.clock.monotonic()
  }
}
