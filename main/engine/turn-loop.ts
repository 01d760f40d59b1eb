import type { ProfileStore } from '../store/profile-store.ts'

/** Longest that one turn works before it lets others have theirs, in ms [S6]; its commit comes on top. */
export const TURN_BUDGET_MS = 6

/** Work that may take longer than a turn. `step` does some of it, until `isOver`, and tells whether more is left. */
export interface BulkJob {
  step(isOver: () => boolean): 'done' | 'more'
}

export interface TurnPorts {
  readonly store: Pick<ProfileStore, 'transaction' | 'needsMaintenance' | 'maintain'>
  /** setImmediate; the answer cancels. */
  readonly defer: (callback: () => void) => () => void
  /** Steady clock, ms. */
  readonly monotonic: () => number
  /** Called after every commit. */
  readonly turned: () => void
  /** A turn failed: nothing of it is stored, and this loop does nothing any more. */
  readonly failed: (error: unknown) => void
}

interface UrgentJob {
  readonly work: () => void
  readonly finish: () => void
  readonly fail: (error: unknown) => void
}

/** Said to whoever waits for work that will never be done. */
export class LoopStopped extends Error {
  override readonly name = 'LoopStopped'
}

/**
 * The one place where the profile's database is written. What arrives in one turn of the event loop (commands, answers,
 * events) shares one transaction, so that it costs one fsync [O1, S1]; what is more than a turn's worth goes on in the
 * next turn, after input, sockets and timers had theirs [S6].
 */
export class TurnLoop {
  readonly #ports: TurnPorts
  #urgent: UrgentJob[] = []
  #bulk: BulkJob[] = []
  #afterCommit: (() => void)[] = []
  #cancelTurn: (() => void) | null = null
  #isStopped = false
  #isMaintained = false
  /** Housekeeping goes on elsewhere: bulk waits for it, and what is urgent does not. */
  #isHeld = false

  constructor(ports: TurnPorts) {
    this.#ports = ports
  }

  /**
   * Runs `work` in the next turn's transaction, before all bulk. Resolves with its result once that is durable;
   * rejects when it could not be stored (StorageError) or when the loop was stopped (LoopStopped).
   */
  run<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isStopped) {
        reject(new LoopStopped())
        return
      }
      let finish = (): void => undefined
      this.#urgent.push({
        work: () => {
          const result = work()
          finish = () => resolve(result)
        },
        finish: () => finish(),
        fail: reject,
      })
      this.#schedule()
    })
  }

  /** The same for work that nobody waits for. */
  post(work: () => void): void {
    if (this.#isStopped) return
    this.#urgent.push({ work, finish: () => undefined, fail: () => undefined })
    this.#schedule()
  }

  /** Adds work behind all other bulk work. Dropped when the loop stops: what is stored tells where it ended. */
  addBulk(job: BulkJob): void {
    if (this.#isStopped) return
    this.#bulk.push(job)
    this.#schedule()
  }

  /** Begins the housekeeping that waits, although nothing else is to be done. */
  wake(): void {
    this.#schedule()
  }

  /** Whether bulk work goes on in the next turn. */
  get hasBulk(): boolean {
    return this.#bulk.length > 0
  }

  /** For work inside a turn: calls back once the turn is durable. */
  afterCommit(callback: () => void): void {
    this.#afterCommit.push(callback)
  }

  /** Commits what was taken, and takes nothing more. */
  finish(): void {
    this.#bulk = []
    while (!this.#isStopped && this.#urgent.length > 0) this.#turn()
    this.#stop(new LoopStopped())
  }

  #schedule(): void {
    if (this.#cancelTurn !== null || !this.#hasWork()) return
    this.#cancelTurn = this.#ports.defer(() => {
      this.#cancelTurn = null
      this.#nextTurn()
      this.#schedule()
    })
  }

  #hasWork(): boolean {
    if (this.#isStopped) return false
    if (this.#urgent.length > 0) return true
    return !this.#isHeld && (this.#bulk.length > 0 || this.#ports.store.needsMaintenance())
  }

  /** Housekeeping has turns of its own, one between two others, so that no commit has to carry it. */
  #nextTurn(): void {
    if (this.#isStopped) return
    const isDue = this.#urgent.length === 0 && !this.#isMaintained && !this.#isHeld
    this.#isMaintained = isDue && this.#ports.store.needsMaintenance()
    if (!this.#isMaintained) this.#turn()
    else this.#attempt(() => this.#maintain())
    if (this.#urgent.length + this.#bulk.length === 0) this.#isMaintained = false
  }

  #maintain(): void {
    const rest = this.#ports.store.maintain()
    if (rest === null) return
    this.#isHeld = true
    void rest.then(() => {
      this.#isHeld = false
      this.#schedule()
    })
  }

  #turn(): void {
    const started = this.#ports.monotonic()
    const isOver = () => this.#ports.monotonic() - started >= TURN_BUDGET_MS
    const taken: UrgentJob[] = []
    const isStored = this.#attempt(
      () =>
        this.#ports.store.transaction(() => {
          for (let job = this.#urgent.shift(); job !== undefined; job = this.#urgent.shift()) {
            taken.push(job)
            job.work()
            if (isOver()) break
          }
          if (!this.#isHeld) this.#stepBulk(isOver)
        }),
      taken,
    )
    if (!isStored) return
    for (const job of taken) job.finish()
    const callbacks = this.#afterCommit
    this.#afterCommit = []
    for (const callback of callbacks) callback()
    this.#ports.turned()
  }

  /** At least one step a turn: a stream of commands must not starve the events. */
  #stepBulk(isOver: () => boolean): void {
    for (let job = this.#bulk[0]; job !== undefined; job = this.#bulk[0]) {
      if (job.step(isOver) === 'done') this.#bulk.shift()
      if (isOver()) return
    }
  }

  #attempt(work: () => void, taken: readonly UrgentJob[] = []): boolean {
    try {
      work()
      return true
    } catch (error) {
      this.#stop(error)
      for (const job of taken) job.fail(error)
      this.#ports.failed(error)
      return false
    }
  }

  #stop(reason: unknown): void {
    this.#isStopped = true
    this.#cancelTurn?.()
    this.#cancelTurn = null
    const waiting = this.#urgent
    this.#urgent = []
    this.#bulk = []
    this.#afterCommit = []
    for (const job of waiting) job.fail(reason)
  }
}
