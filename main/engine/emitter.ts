import type { AppEvent } from '../../protocol/ipc/views.ts'
import type { Clock, Timers } from '../sync/clock.ts'
import type { ChangeSet, Changes } from './changes.ts'

/** Shortest time between two tellings, in ms: what changes more often than the screen is drawn is told once. */
export const FRAME_MS = 16
/**
 * The same while events are caught up, for what others did: each telling makes the window draw anew, and nobody reads
 * sixty screens a second. What the user does is told within a frame all the same, and so is what fills a set: what is
 * told while it is still remembered (RecentMessages) costs no query.
 */
export const BULK_FRAME_MS = 40

export interface EmitterPorts {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Pick<Timers, 'set'> & { defer(callback: () => void): () => void }
  readonly changes: Changes
  /** Makes the events of a set. */
  readonly describe: (set: ChangeSet) => AppEvent[]
  readonly emit: (event: AppEvent) => void
  /** Whether more waits to be applied than fits into a turn. */
  readonly isBulk: () => boolean
}

/** Tells what changed: the first change at once (in the next turn), and then once a frame. */
export class Emitter {
  readonly #ports: EmitterPorts
  #lastMs = Number.NEGATIVE_INFINITY
  #planned: { readonly atMs: number; readonly cancel: () => void } | null = null

  constructor(ports: EmitterPorts) {
    this.#ports = ports
    ports.changes.listen(() => this.#schedule())
  }

  /** Tells what there is now. */
  flush(): void {
    this.#unplan()
    const { changes, clock, describe, emit } = this.#ports
    if (changes.isEmpty) return
    this.#lastMs = clock.monotonic()
    for (const event of describe(changes.take())) emit(event)
    if (!changes.isEmpty) this.#schedule()
  }

  /** The same, unless the last telling is less than a frame ago: then as soon as that is over. */
  flushIfDue(): void {
    const { changes, clock } = this.#ports
    if (this.#dueMs() <= clock.monotonic()) this.flush()
    else if (!changes.isEmpty) this.#schedule()
  }

  stop(): void {
    this.#unplan()
    this.#ports.changes.listen(() => undefined)
  }

  /** Plans the next telling, or plans it earlier than it was. */
  #schedule(): void {
    const atMs = this.#dueMs()
    if (this.#planned !== null && this.#planned.atMs <= atMs) return
    this.#unplan()
    const { timers, clock } = this.#ports
    const waitMs = atMs - clock.monotonic()
    // Also when its time has come it waits for a turn of its own, which is never that of a commit [S6].
    const defer = () => {
      this.#planned = { atMs, cancel: timers.defer(() => this.flush()) }
    }
    if (waitMs <= 0) defer()
    else this.#planned = { atMs, cancel: timers.set(waitMs, defer) }
  }

  #unplan(): void {
    this.#planned?.cancel()
    this.#planned = null
  }

  #dueMs(): number {
    const { changes, isBulk } = this.#ports
    const canWait = isBulk() && !changes.isUrgent && !changes.isFull
    return this.#lastMs + (canWait ? BULK_FRAME_MS : FRAME_MS)
  }
}
