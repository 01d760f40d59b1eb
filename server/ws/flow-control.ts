import type { Timing } from '../timing.ts'
import {
  FEW_REQUESTS_UNDER_WAY,
  FLOOD_PAUSE_MS,
  MAX_REFUSED_IN_A_ROW,
  MAX_REQUESTS_UNDER_WAY,
} from './limits.ts'
import type { Pace } from './rate-limits.ts'

/** The socket, as far as reading it can be stopped. */
interface Reader {
  pause(): void
  resume(): void
}

type PauseReason = 'requests' | 'greeting' | 'flood' | 'stop'

/** How much one connection may ask [V7]: its pace, what is under way, and when the socket is not read for a while. */
export class FlowControl {
  readonly #reader: Reader
  readonly #pace: Pace
  readonly #timing: Timing
  readonly #pausedFor = new Set<PauseReason>()
  #underWay = 0
  #refusedInARow = 0
  #ended = false
  #whenIdle: (() => void)[] = []

  constructor(reader: Reader, pace: Pace, timing: Timing) {
    this.#reader = reader
    this.#pace = pace
    this.#timing = timing
  }

  /** 0 when a request (of `user`, if one is known) keeps the pace; else how many ms until it would. */
  waitFor(user: string | null, now: number): number {
    const wait = this.#pace.take(user, now)
    if (wait === 0) {
      this.#refusedInARow = 0
      return 0
    }
    this.#refusedInARow++
    if (this.#refusedInARow >= MAX_REFUSED_IN_A_ROW) {
      // It does not wait: reading it costs more than it is worth.
      this.#refusedInARow = 0
      this.pause('flood')
      this.#timing.later(() => this.resume('flood'), FLOOD_PAUSE_MS)
    }
    return wait
  }

  /** A request is under way, until finish(). With too many, the rest waits in the socket. */
  begin(): void {
    this.#underWay++
    if (this.#underWay >= MAX_REQUESTS_UNDER_WAY) this.pause('requests')
  }

  finish(): void {
    this.#underWay--
    if (this.#underWay <= FEW_REQUESTS_UNDER_WAY) this.resume('requests')
    if (this.#underWay > 0 || this.#whenIdle.length === 0) return
    const waiting = this.#whenIdle
    this.#whenIdle = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  pause(why: PauseReason): void {
    if (this.#ended) return
    this.#pausedFor.add(why)
    this.#reader.pause()
  }

  /** From here on the socket is read, whatever is under way: nothing of it is acted on any more. */
  end(): void {
    this.#ended = true
    this.#pausedFor.clear()
    this.#reader.resume()
  }

  resume(why: PauseReason): void {
    if (this.#pausedFor.delete(why) && this.#pausedFor.size === 0) this.#reader.resume()
  }
}
