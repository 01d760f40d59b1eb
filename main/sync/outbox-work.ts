import type { Now } from './clock.ts'
import type { Operation, OperationStatus } from './operation.ts'
import { type OperationInput, transition } from './operation-transitions.ts'
import { OutboxBooks } from './outbox-books.ts'
import type { ConfirmedResult, OutboxEffect } from './outbox-protocol.ts'
import type { Entry, HungryLanes, Lane, OutboxLink, OutboxState, Places } from './outbox-state.ts'
import { remainingWaitMs } from './retry-policy.ts'

/**
 * One step of the outbox under construction. It keeps what every touched operation was before, and derives the effects
 * from the difference: so a row is written at most once a step, and never when only what is shown changed. Operations
 * are named by their keys. Lives for one step; the state it began from is left as it was.
 */
export class OutboxWork {
  readonly now: Now
  link: OutboxLink
  maxBodyBytes: number
  suspects: ReadonlySet<string>
  hungry: HungryLanes
  unreadable: OutboxState['unreadable']
  readonly #books: OutboxBooks
  readonly #touched = new Map<string, { before: Operation | null; after: Operation | null }>()
  readonly #confirmed = new Map<string, ConfirmedResult>()
  readonly #messages: OutboxEffect[] = []
  readonly #transmissions: OutboxEffect[] = []
  #nextOrdinal: number
  #nextTransmission: number

  constructor(state: OutboxState, now: Now) {
    this.now = now
    this.link = state.link
    this.maxBodyBytes = state.maxBodyBytes
    this.suspects = state.suspects
    this.hungry = state.hungry
    this.unreadable = state.unreadable
    this.#books = new OutboxBooks(state)
    this.#nextOrdinal = state.nextOrdinal
    this.#nextTransmission = state.nextTransmission
  }

  /** Ids of all lanes, those that this step made included. */
  laneIds(): string[] {
    return this.#books.laneIds()
  }

  /** All lanes as they were when the step began, as a list of those that may have something to send. */
  allHungry(): HungryLanes {
    return { after: '', lanes: this.#books.lanesBefore }
  }

  /** A lane as it is now; an empty one when there is none. */
  lane(id: string): Lane {
    return this.#books.lane(id)
  }

  /** Operations over all lanes. */
  get size(): number {
    return this.#books.size
  }

  /** Transmissions that are not answered yet, over all lanes. */
  inFlight(): number {
    return this.#books.inFlight
  }

  /** Ids of the lanes that this step touched. */
  touchedLanes(): string[] {
    return this.#books.touchedLanes()
  }

  /** Lanes whose time has come, and when that was (monotonic ms). */
  dueLanes(): string[] {
    return this.#books.dueLanes(this.now.monotonicMs)
  }

  /** An operation as it is now; null when it is not in the outbox. */
  get(key: string): Entry | null {
    return this.#books.get(key)
  }

  /** Operations as they are now, in order; a list of its own, so that they can be changed on the way. */
  list(places: Places): Entry[] {
    return this.#books.list(places)
  }

  /** The first of some operations; null for none. */
  first(places: Places): Entry | null {
    return this.#books.at(places.firstKey())
  }

  /** The last of some operations; null for none. */
  last(places: Places): Entry | null {
    return this.#books.at(places.lastKey())
  }

  /** What is about a message in a lane, in order: its own send, changes of it, replies to it. */
  about(lane: string, message: string): Entry[] {
    return this.#books.about(lane, message)
  }

  takeOrdinal(): number {
    this.#nextOrdinal += 1
    return this.#nextOrdinal - 1
  }

  /** An ordinal below which there is no operation. */
  lowestOrdinal(): number {
    return Math.min(this.#nextOrdinal, this.#books.lowestOrdinal ?? this.#nextOrdinal)
  }

  takeTransmission(): number {
    this.#nextTransmission += 1
    return this.#nextTransmission - 1
  }

  setWindow(lane: string, window: number): void {
    this.#books.setWindow(lane, window)
  }

  setAnswerBy(lane: string, answerBy: number | null): void {
    this.#books.setAnswerBy(lane, answerBy)
  }

  /** Puts a new operation at the place its ordinal says. */
  insert(operation: Operation): void {
    this.#books.insert(idle(operation, this.#dueAt(operation)))
    this.#touch(null, operation)
  }

  /** Sets what an entry is now; its operation keeps its key. */
  set(entry: Entry): void {
    const before = this.#books.replace(entry)
    if (before !== null) this.#touch(before.operation, entry.operation)
  }

  /** Replaces an operation by another form of itself, with nothing in flight changed. */
  change(operation: Operation): void {
    const entry = this.get(operation.key)
    if (entry !== null) this.set({ ...entry, operation })
  }

  /** Feeds an input to one operation by the table; true when it changed or left. */
  feed(key: string, input: OperationInput): boolean {
    const entry = this.get(key)
    if (entry === null) return false
    const operation = transition(entry.operation, input)
    if (operation === entry.operation) return false
    if (operation === null) this.remove(key)
    else this.set(idle(operation, this.#dueAt(operation)))
    return true
  }

  /** Takes an operation out: discarded or folded. */
  remove(key: string): void {
    const gone = this.#books.remove(key)
    if (gone !== null) this.#touch(gone.operation, null)
  }

  /** Takes an operation out because the server has it. */
  confirm(key: string, result: ConfirmedResult): void {
    this.#confirmed.set(key, result)
    this.remove(key)
  }

  /** Adds an effect that tells or writes something beside the rows. */
  tell(
    effect: Extract<
      OutboxEffect,
      { type: 'learn' | 'refuse' | 'sign-out' | 'remove-unreadable' | 'throw-away' }
    >,
  ): void {
    this.#messages.push(effect)
  }

  transmit(effect: Extract<OutboxEffect, { type: 'transmit' }>): void {
    this.#transmissions.push(effect)
  }

  /** The next state, and the effects: rows first, then what is told, then what is transmitted. */
  finish(): { state: OutboxState; effects: OutboxEffect[] } {
    return {
      state: {
        ...this.#books.finish(),
        link: this.link,
        unreadable: this.unreadable,
        nextOrdinal: this.#nextOrdinal,
        nextTransmission: this.#nextTransmission,
        maxBodyBytes: this.maxBodyBytes,
        suspects: this.suspects,
        hungry: this.hungry,
      },
      effects: [...this.#rowEffects(), ...this.#messages, ...this.#transmissions],
    }
  }

  #rowEffects(): OutboxEffect[] {
    const effects: OutboxEffect[] = []
    for (const { before, after } of this.#touched.values()) {
      if (after !== null) {
        const stored = before !== null && sameRow(before, after)
        if (before !== after) effects.push({ type: stored ? 'show' : 'put', operation: after })
      } else if (before !== null) {
        const result = this.#confirmed.get(before.key)
        effects.push(
          result === undefined
            ? { type: 'remove', operation: before }
            : { type: 'confirm', operation: before, result },
        )
      }
    }
    return effects
  }

  #touch(before: Operation | null, after: Operation | null): void {
    const key = before?.key ?? after?.key
    if (key === undefined) return
    const earlier = this.#touched.get(key)
    this.#touched.set(key, { before: earlier === undefined ? before : earlier.before, after })
  }

  #dueAt(operation: Operation): number | null {
    const { status } = operation
    if (status.state !== 'waiting' && status.state !== 'held') return null
    return this.now.monotonicMs + remainingWaitMs(status.at, status.delayMs, this.now.wallMs)
  }
}

/** An entry with nothing in flight. */
function idle(operation: Operation, dueAt: number | null): Entry {
  return { operation, flight: null, dueAt }
}

/** Whether two forms of an operation make the same after a restart, so that nothing has to be written. */
function sameRow(a: Operation, b: Operation): boolean {
  const { status: aStatus, ...aRest } = a
  const { status: bStatus, ...bRest } = b
  const left = Object.entries(aRest)
  const right = new Map<string, unknown>(Object.entries(bRest))
  return (
    sameStatus(storedStatus(aStatus), storedStatus(bStatus)) &&
    left.length === right.size &&
    left.every(([name, value]) => right.get(name) === value)
  )
}

function storedStatus(status: OperationStatus): OperationStatus {
  return status.state === 'sending' ? { state: 'unconfirmed' } : status
}

function sameStatus(a: OperationStatus, b: OperationStatus): boolean {
  if (a === b) return true
  return a.state === b.state && (a.state === 'queued' || a.state === 'unconfirmed')
}
