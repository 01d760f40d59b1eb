import type { StreamId } from '../../../protocol/model/primitives.ts'
import { RedisAway, type RedisCommands } from './redis-commands.ts'
import type { BusTiming } from './timing.ts'

/** About one append in this many of each stream begins a trim [V9]. */
const APPENDS_PER_TRIM = 100
/** Work of one step: Redis serves others between two. */
const ENTRIES_PER_STEP = 1_000
/** How far above the cap a quiet stream may stay. */
const TOLERANCE = 1.1
/** A stream above its cap, with no append for this long, is trimmed once more, in ms. */
const QUIET_MS = 1_000

export interface TrimObserver {
  /** One XTRIM was run and took out this many entries. */
  trimmed(entries: number): void
}

/**
 * Keeps streams near their cap, in the background and off every reply path. Each append draws whether a trim begins:
 * drawn per append, so that a busy stream cannot starve the others of their turn, as a counter over all would.
 */
export class StreamTrimmer {
  readonly #commands: Pick<RedisCommands, 'trim'>
  readonly #cap: number
  readonly #timing: BusTiming
  readonly #observer: TrimObserver
  /** Length and whether it grew since the last look, of streams above their cap only. */
  readonly #above = new Map<StreamId, { length: number; grew: boolean }>()
  readonly #due = new Set<StreamId>()
  #working = false
  #cancelLook: (() => void) | null = null

  constructor(
    commands: Pick<RedisCommands, 'trim'>,
    options: { readonly cap: number; readonly timing: BusTiming; readonly observer: TrimObserver },
  ) {
    this.#commands = commands
    this.#cap = options.cap
    this.#timing = options.timing
    this.#observer = options.observer
  }

  /** After an append of `count` entries that left the stream `length` long. */
  appended(stream: StreamId, count: number, length: number): void {
    if (length <= this.#cap) {
      this.#above.delete(stream)
      return
    }
    this.#above.set(stream, { length, grew: true })
    this.#lookLater()
    // A batch is as many draws as it has entries.
    if (this.#timing.random() < 1 - (1 - 1 / APPENDS_PER_TRIM) ** count) this.#begin(stream)
  }

  close(): void {
    this.#cancelLook?.()
    this.#above.clear()
    this.#due.clear()
  }

  #lookLater(): void {
    this.#cancelLook ??= this.#timing.later(() => {
      this.#cancelLook = null
      for (const [stream, state] of this.#above) {
        if (!state.grew && state.length > this.#cap * TOLERANCE) this.#begin(stream)
        else if (!state.grew) this.#above.delete(stream)
        state.grew = false
      }
      if (this.#above.size > 0) this.#lookLater()
    }, QUIET_MS)
  }

  #begin(stream: StreamId): void {
    this.#due.add(stream)
    if (this.#working) return
    this.#working = true
    void this.#work()
  }

  /** One step a stream in turn, until none is due: a long one does not hold up the others. */
  async #work(): Promise<void> {
    for (const stream of this.#due) {
      this.#due.delete(stream)
      try {
        if (await this.#step(stream)) this.#due.add(stream)
      } catch (cause) {
        // Redis is away: appends to come, or the look at quiet streams, begin again.
        if (!(cause instanceof RedisAway)) throw cause
      }
    }
    this.#working = false
  }

  /** Whether there is more to do. */
  async #step(stream: StreamId): Promise<boolean> {
    const removed = await this.#commands.trim(stream, this.#cap, {
      type: 'approximate',
      limit: ENTRIES_PER_STEP,
    })
    this.#observer.trimmed(removed)
    const state = this.#above.get(stream)
    if (state === undefined) return false
    state.length -= removed
    if (state.length <= this.#cap * TOLERANCE) return false
    if (removed > 0) return true
    // Whole nodes leave less than one over; with a small cap that can be more than is tolerated.
    const rest = await this.#commands.trim(stream, this.#cap, { type: 'exact' })
    this.#observer.trimmed(rest)
    state.length -= rest
    return false
  }
}
