import type { Page, PageRequest } from '../store/store.ts'
import { eventsFrames } from './frames.ts'
import type { Receiver } from './receiver.ts'
import type { Subscription } from './subscription.ts'

/** Pages that are read at one time; the rest wait in line, so that many who come back together share fairly. */
const CONCURRENT = 4
/** Bounds of one page. A page may go out when little waits, so at most this and a little more waits for a slow reader. */
const PAGE_ENTRIES = 500
const PAGE_BYTES = 256 * 1024
/** After this long of work without a pause, in ms, other work gets its turn. */
const TURN_MS = 4
/** How long after a failed or fruitless read the next is tried, in ms. */
const RETRY_MS = 500

/** What waits in line: a subscription that reads or has to be checked. */
export interface CatchingUp {
  readonly subscription: Subscription
  readonly receiver: Receiver
  /** Whether the user is a member now, for `checking`. */
  isMember(): Promise<boolean>
  /** It turned out that the user is not a member any more. */
  dropped(): void
}

export interface CatchUpOptions {
  readonly read: (request: PageRequest) => Promise<Page>
  readonly monotonicMs: () => number
  /** Gives other work of the event loop its turn. */
  readonly pause: () => Promise<void>
  readonly later: (callback: () => void, ms: number) => void
  readonly onFailure: (error: unknown) => void
  /** For metrics: a page went out. */
  readonly onPage: (entries: number) => void
}

/**
 * Serves those who catch up [V5], a page at a time and in turn. It waits for a socket to drain before the next page, so
 * that an absence of any length never fills a buffer; who reads slowly delays nobody else.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #line = new Set<CatchingUp>()
  /** Those who stand in line or are waited for: each once. */
  readonly #known = new Set<CatchingUp>()
  #working = 0

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** How many catch up now. */
  get size(): number {
    return this.#known.size
  }

  /** Puts someone in line; once, however often it is called. */
  add(job: CatchingUp): void {
    if (this.#known.has(job)) return
    this.#known.add(job)
    this.#enter(job)
  }

  /** Takes someone out of the line, for good: its socket is closed. */
  remove(job: CatchingUp): void {
    this.#known.delete(job)
    this.#line.delete(job)
  }

  #enter(job: CatchingUp): void {
    this.#line.add(job)
    if (this.#working >= CONCURRENT) return
    this.#working++
    this.#work().catch((error: unknown) => this.#options.onFailure(error))
  }

  async #work(): Promise<void> {
    try {
      let started = this.#options.monotonicMs()
      for (let job = this.#next(); job !== undefined; job = this.#next()) {
        await this.#serve(job)
        if (this.#options.monotonicMs() - started < TURN_MS) continue
        await this.#options.pause()
        started = this.#options.monotonicMs()
      }
    } finally {
      // In the same stretch in which the line was found empty: whoever came in between would find four at work still.
      this.#working--
    }
  }

  #next(): CatchingUp | undefined {
    const [job] = this.#line
    if (job !== undefined) this.#line.delete(job)
    return job
  }

  async #serve(job: CatchingUp): Promise<void> {
    if (!this.#known.has(job)) return
    if (!job.receiver.outlet.isLow) {
      job.receiver.outlet.onceLow(() => this.#again(job))
      return
    }
    try {
      const fruitful = await this.#step(job)
      if (fruitful) this.#again(job)
      else this.#options.later(() => this.#again(job), RETRY_MS)
    } catch (error) {
      this.#options.onFailure(error)
      this.#options.later(() => this.#again(job), RETRY_MS)
    }
  }

  #again(job: CatchingUp): void {
    if (!this.#known.has(job)) return
    const { phase } = job.subscription
    if (phase === 'live' || phase === 'closed') this.#known.delete(job)
    else this.#enter(job)
  }

  /** False when a page did not continue from the cursor: a cache that lags, which asking at once would only heat. */
  async #step(job: CatchingUp): Promise<boolean> {
    const { subscription } = job
    if (subscription.phase === 'checking') {
      const isMember = await job.isMember()
      subscription.checked(isMember)
      if (!isMember) job.dropped()
      return true
    }
    if (subscription.phase !== 'reading') return true
    const page = await this.#options.read({
      stream: subscription.stream,
      after: subscription.beginPage(),
      limit: PAGE_ENTRIES,
      maxBytes: PAGE_BYTES,
    })
    const entries = subscription.takePage(page)
    if (entries.length === 0) return page.head <= subscription.cursor
    for (const frame of eventsFrames(subscription.stream, entries)) {
      job.receiver.outlet.write(frame)
    }
    this.#options.onPage(entries.length)
    return true
  }
}
