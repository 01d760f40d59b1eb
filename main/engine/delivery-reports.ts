import { MAX_DELIVERED_MARKS } from '../../protocol/limits.ts'
import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import { classifyFailure, type Failure } from '../../protocol/wire/failure.ts'
import type { Clock, Timers } from '../sync/clock.ts'
import type { Transport } from '../sync/transport.ts'
import type { ReceiptBook } from './receipt-book.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

/** How long after a message was stored the server is told, in ms: what is read at once needs no word of its own. */
export const REPORT_AFTER_MS = 250
/** Shortest time between two reports, in ms, and the time after which one that failed is made again. */
export const REPORT_EVERY_MS = 1_000
export const REPORT_AGAIN_MS = 5_000

export interface ReportPorts {
  readonly book: Pick<ReceiptBook, 'own' | 'reported'>
  readonly workspace: Pick<Workspace, 'record'>
  readonly loop: Pick<TurnLoop, 'post' | 'afterCommit'>
  readonly transport: Pick<Transport, 'request'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Pick<Timers, 'set'>
  readonly isOnline: () => boolean
}

/**
 * Tells the server what this device has stored [R1]: after it is durable, one request a second at most over all
 * conversations, and never without cause. What was not told before the end is found at the next greeting.
 */
export class DeliveryReports {
  readonly #ports: ReportPorts
  /** How far each conversation is stored that the server may not know of. */
  readonly #due = new Map<Id, Cursor>()
  #isPosted = false
  #cancel: (() => void) | null = null
  #isAsking = false
  /** The server does not know of reports. */
  #isRefused = false
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(ports: ReportPorts) {
    this.#ports = ports
  }

  /** A conversation is stored up to a message of somebody else; inside the turn that stores it. */
  received(conversation: Id, seq: Cursor): void {
    this.#due.set(conversation, Math.max(seq, this.#due.get(conversation) ?? 0))
    if (this.#isPosted) return
    this.#isPosted = true
    this.#ports.loop.afterCommit(() => {
      this.#isPosted = false
      this.#plan()
    })
  }

  /** A new connection: perhaps to a server that knows of reports. */
  greeted(): void {
    this.#isRefused = false
    this.#isAsking = false
    this.#notBeforeMs = Number.NEGATIVE_INFINITY
    this.#plan()
  }

  /** What was stored of a conversation is being cleared. */
  forget(conversation: Id): void {
    this.#due.delete(conversation)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  /** The report waits for what comes with the same burst, and for the one before it. */
  #plan(): void {
    const { clock, timers, loop, isOnline } = this.#ports
    if (this.#due.size === 0 || this.#cancel !== null || this.#isAsking) return
    if (this.#isRefused || !isOnline()) return
    const waitMs = Math.max(REPORT_AFTER_MS, this.#notBeforeMs - clock.monotonic())
    this.#cancel = timers.set(waitMs, () => {
      this.#cancel = null
      loop.post(() => this.#report())
    })
  }

  #report(): void {
    const { clock, transport, isOnline } = this.#ports
    if (!isOnline() || this.#isAsking) return
    const taken = this.#taken()
    if (taken.size === 0) return
    this.#isAsking = true
    this.#notBeforeMs = clock.monotonic() + REPORT_EVERY_MS
    const upTo = Object.fromEntries(taken)
    void transport.request<'delivered'>({ op: 'delivered', upTo }).then((outcome) => {
      this.#isAsking = false
      if (outcome.ok) this.#told(taken)
      else this.#failed(taken, outcome.failure)
    })
  }

  /** Takes as many as fit into a request of those that the server does not know of. */
  #taken(): ReadonlyMap<Id, Cursor> {
    const taken = new Map<Id, Cursor>()
    let room = MAX_DELIVERED_MARKS
    for (const [conversation, seq] of this.#due) {
      if (room === 0) break
      this.#due.delete(conversation)
      if (!this.#isNews(conversation, seq)) continue
      taken.set(conversation, seq)
      room -= 1
    }
    return taken
  }

  /** A read mark says that what was read was delivered, too. */
  #isNews(conversation: Id, seq: Cursor): boolean {
    const { book, workspace } = this.#ports
    const record = workspace.record(conversation)
    if (record?.member === false) return false
    return seq > Math.max(record?.readUpTo ?? 0, book.own(conversation))
  }

  #told(taken: ReadonlyMap<Id, Cursor>): void {
    const { book, loop } = this.#ports
    loop.post(() => {
      for (const [conversation, seq] of taken) book.reported(conversation, seq)
    })
    this.#plan()
  }

  /** What may succeed later is tried again. Of conversations that the user is no longer in, nobody wants to know. */
  #failed(taken: ReadonlyMap<Id, Cursor>, failure: Failure): void {
    // A server of an older version does not know the request.
    this.#isRefused = failure.kind === 'answered' && failure.error.code === 'invalid'
    if (classifyFailure(failure) !== 'retryable') {
      this.#plan()
      return
    }
    for (const [conversation, seq] of taken) {
      this.#due.set(conversation, Math.max(seq, this.#due.get(conversation) ?? 0))
    }
    this.#notBeforeMs = this.#ports.clock.monotonic() + REPORT_AGAIN_MS
    this.#plan()
  }
}
