import { backOff } from 'exponential-backoff'
import type { Clock, Random, Timers } from '../sync/clock.ts'
import { type ConnectionInput, type ConnectionState, stepConnection } from '../sync/connection.ts'
import type { LineEnd } from './line.ts'

/** What the loop connects: one line, whose end it is told once. */
export interface Connectable {
  /** Opens a line. `ended` is called once, from inside when it cannot even be tried. */
  open(events: { greeted(): void; ended(end: LineEnd): void }): void
  /** Ends the line that is open, if any, as lost: `ended` is called from inside. */
  drop(): void
}

export interface LoopPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
}

/** That a line ended, as the reason to try again. */
class LineEnded extends Error {}

/**
 * Connects and reconnects for ever, until stopped or refused [S5].
 *
 * `exponential-backoff` drives the attempts. The wait between them is served in its `retry` hook, not by its own delay:
 * that one can be neither seen (the countdown), nor cut short ("Try now"), nor drawn from an injected random. When to
 * wait, and how long, is decided by the pure machine in sync/connection.ts.
 */
export class ReconnectLoop {
  readonly #ports: LoopPorts
  readonly #line: Connectable
  readonly #changed: (state: ConnectionState) => void
  #state: ConnectionState = { status: 'stopped' }
  #endWait: () => void = () => undefined

  constructor(ports: LoopPorts, line: Connectable, changed: (state: ConnectionState) => void) {
    this.#ports = ports
    this.#line = line
    this.#changed = changed
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Connects; resolves when it was stopped or refused. */
  async run(): Promise<void> {
    this.#step({ type: 'start' })
    try {
      await backOff(() => this.#untilEnded(), {
        numOfAttempts: Number.POSITIVE_INFINITY,
        startingDelay: 0,
        jitter: 'none',
        retry: () => this.#untilNextTry(),
      })
    } catch (error) {
      // With nothing left to retry, the end of the last line is how the library says that the loop is over.
      if (!(error instanceof LineEnded)) throw error
    }
  }

  stop(): void {
    this.#step({ type: 'stop' })
    this.#line.drop()
    this.#endWait()
  }

  tryNow(): void {
    this.#step({ type: 'try-now' })
    this.#endWait()
  }

  /** Leaves the line, whatever its state, and connects at once. */
  reconnect(): void {
    this.#line.drop()
    this.tryNow()
  }

  /** One line, from opening to its end. Rejects with LineEnded. */
  #untilEnded(): Promise<never> {
    return new Promise((_, reject) => {
      if (this.#state.status !== 'connecting') {
        reject(new LineEnded())
        return
      }
      this.#line.open({
        greeted: () => this.#step({ type: 'greeted' }),
        ended: ({ refused, outdated, reason, retryAfterMs }) => {
          if (refused) this.#step({ type: 'refused' })
          else if (outdated) this.#step({ type: 'outdated' })
          else this.#step({ type: 'lost', reason, retryAfterMs })
          reject(new LineEnded())
        },
      })
    })
  }

  /** Serves the wait; whether to try again. */
  async #untilNextTry(): Promise<boolean> {
    if (this.#state.status === 'offline') await this.#wait(this.#state.retryAtMs)
    if (this.#state.status === 'outdated') await this.#wait(null)
    return this.#state.status === 'connecting'
  }

  /** Waits for an instant (null: none), or until the wait is ended from outside. */
  #wait(untilMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const cancel = untilMs === null ? () => undefined : this.#whenDue(untilMs)
      this.#endWait = () => {
        cancel()
        resolve()
      }
    })
  }

  #whenDue(untilMs: number): () => void {
    const { clock, timers } = this.#ports
    return timers.set(Math.max(untilMs - clock.monotonic(), 0), () => {
      this.#step({ type: 'due' })
      this.#endWait()
    })
  }

  #step(input: ConnectionInput): void {
    const { clock, random } = this.#ports
    const next = stepConnection(this.#state, input, clock.monotonic(), random)
    if (next === this.#state) return
    this.#state = next
    this.#changed(next)
  }
}
