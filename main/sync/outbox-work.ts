import type { Now } from './clock.ts'
import type { Operation, OperationStatus } from './operation.ts'
import { type OperationInput, transition } from './operation-transitions.ts'
import type { ConfirmedResult, OutboxEffect } from './outbox-protocol.ts'
import {
  type Entry,
  isInFlight,
  isUnresolved,
  type Lane,
  laneOf,
  type OutboxLink,
  type OutboxState,
} from './outbox-state.ts'
import { remainingWaitMs } from './retry-policy.ts'

/** A lane while a step works on it: a copy that the step owns. */
interface LaneDraft {
  readonly id: string
  entries: Entry[]
  window: number
  inFlight: number
  unresolved: number
  answerBy: number | null
}

/**
 * One step of the outbox under construction. It copies each lane it touches once, keeps what every touched operation
 * was before, and derives the effects from the difference: so a row is written at most once a step, and never when
 * only what is shown changed. Lives for one step; the state it began from is left as it was.
 */
export class OutboxWork {
  readonly now: Now
  link: OutboxLink
  maxBodyBytes: number
  suspects: ReadonlySet<string>
  unreadable: OutboxState['unreadable']
  size: number
  readonly #before: OutboxState
  readonly #drafts = new Map<string, LaneDraft>()
  readonly #touched = new Map<string, { before: Operation | null; after: Operation | null }>()
  readonly #confirmed = new Map<string, ConfirmedResult>()
  readonly #messages: OutboxEffect[] = []
  readonly #transmissions: OutboxEffect[] = []
  #nextOrdinal: number
  #nextTransmission: number

  constructor(state: OutboxState, now: Now) {
    this.now = now
    this.#before = state
    this.link = state.link
    this.maxBodyBytes = state.maxBodyBytes
    this.suspects = state.suspects
    this.unreadable = state.unreadable
    this.size = state.size
    this.#nextOrdinal = state.nextOrdinal
    this.#nextTransmission = state.nextTransmission
  }

  /** Ids of all lanes, those that this step made included. */
  laneIds(): string[] {
    const made = [...this.#drafts.keys()].filter((id) => !this.#before.lanes.has(id))
    return [...this.#before.lanes.keys(), ...made]
  }

  /** A lane as it is now; an empty one when there is none. */
  lane(id: string): Lane {
    return this.#drafts.get(id) ?? this.#before.lanes.get(id) ?? emptyLane(id)
  }

  /** Transmissions that are not answered yet, over all lanes. */
  inFlight(): number {
    return this.laneIds().reduce((sum, id) => sum + this.lane(id).inFlight, 0)
  }

  /** Ids of the lanes that this step touched. */
  touchedLanes(): string[] {
    return [...this.#drafts.keys()]
  }

  /** Where an operation is; null when it is not in the outbox. */
  find(key: string): { lane: string; index: number; entry: Entry } | null {
    for (const id of this.laneIds()) {
      const { entries } = this.lane(id)
      const index = entries.findIndex((entry) => entry.operation.key === key)
      const entry = entries[index]
      if (entry !== undefined) return { lane: id, index, entry }
    }
    return null
  }

  takeOrdinal(): number {
    this.#nextOrdinal += 1
    return this.#nextOrdinal - 1
  }

  /** An ordinal below which there is no operation. */
  lowestOrdinal(): number {
    const firsts = this.laneIds().map((id) => this.lane(id).entries[0]?.operation.ordinal)
    return Math.min(this.#nextOrdinal, ...firsts.filter((ordinal) => ordinal !== undefined))
  }

  takeTransmission(): number {
    this.#nextTransmission += 1
    return this.#nextTransmission - 1
  }

  setWindow(lane: string, window: number): void {
    if (this.lane(lane).window !== window) this.#draft(lane).window = window
  }

  setAnswerBy(lane: string, answerBy: number | null): void {
    if (this.lane(lane).answerBy !== answerBy) this.#draft(lane).answerBy = answerBy
  }

  /** Puts a new operation at the place its ordinal says. */
  insert(operation: Operation): void {
    const draft = this.#draft(laneOf(operation))
    const last = draft.entries.at(-1)
    const entry = idle(operation, this.#dueAt(operation))
    if (last === undefined || last.operation.ordinal < operation.ordinal) draft.entries.push(entry)
    else {
      const index = draft.entries.findIndex((e) => e.operation.ordinal > operation.ordinal)
      draft.entries.splice(index, 0, entry)
    }
    draft.unresolved += isUnresolved(operation) ? 1 : 0
    this.size += 1
    this.#touch(null, operation)
  }

  /** Sets what an entry is now; its operation keeps its key. */
  set(lane: string, index: number, entry: Entry): void {
    const draft = this.#draft(lane)
    const before = draft.entries[index]
    if (before === undefined) return
    leave(draft, before)
    draft.entries[index] = entry
    draft.inFlight += isInFlight(entry) ? 1 : 0
    draft.unresolved += isUnresolved(entry.operation) ? 1 : 0
    this.#touch(before.operation, entry.operation)
  }

  /** Feeds an input to one operation by the table; true when it changed or left. */
  feed(lane: string, index: number, input: OperationInput): boolean {
    const entry = this.lane(lane).entries[index]
    if (entry === undefined) return false
    const operation = transition(entry.operation, input)
    if (operation === entry.operation) return false
    if (operation === null) this.remove(lane, index)
    else this.set(lane, index, idle(operation, this.#dueAt(operation)))
    return true
  }

  /** Takes an operation out: discarded or folded. */
  remove(lane: string, index: number): void {
    const draft = this.#draft(lane)
    const entry = draft.entries[index]
    if (entry === undefined) return
    leave(draft, entry)
    draft.entries.splice(index, 1)
    this.size -= 1
    this.#touch(entry.operation, null)
  }

  /** Takes an operation out because the server has it. */
  confirm(lane: string, index: number, result: ConfirmedResult): void {
    const entry = this.lane(lane).entries[index]
    if (entry === undefined) return
    this.#confirmed.set(entry.operation.key, result)
    this.remove(lane, index)
  }

  /** Adds an effect that tells or writes something beside the rows. */
  tell(
    effect: Extract<OutboxEffect, { type: 'learn' | 'refuse' | 'sign-out' | 'remove-unreadable' }>,
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
        link: this.link,
        lanes: this.#lanes(),
        unreadable: this.unreadable,
        size: this.size,
        nextOrdinal: this.#nextOrdinal,
        nextTransmission: this.#nextTransmission,
        maxBodyBytes: this.maxBodyBytes,
        suspects: this.suspects,
      },
      effects: [...this.#rowEffects(), ...this.#messages, ...this.#transmissions],
    }
  }

  #lanes(): ReadonlyMap<string, Lane> {
    if (this.#drafts.size === 0) return this.#before.lanes
    const lanes = new Map(this.#before.lanes)
    for (const draft of this.#drafts.values()) {
      if (draft.entries.length === 0) lanes.delete(draft.id)
      else lanes.set(draft.id, draft)
    }
    return lanes
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

  #draft(id: string): LaneDraft {
    const known = this.#drafts.get(id)
    if (known !== undefined) return known
    const lane = this.#before.lanes.get(id) ?? emptyLane(id)
    const draft = { ...lane, entries: [...lane.entries] }
    this.#drafts.set(id, draft)
    return draft
  }

  #touch(before: Operation | null, after: Operation | null): void {
    const key = before?.key ?? after?.key
    if (key === undefined) return
    const earlier = this.#touched.get(key)
    this.#touched.set(key, { before: earlier === undefined ? before : earlier.before, after })
  }

  #dueAt(operation: Operation): number | null {
    const { status } = operation
    if (status.state !== 'waiting') return null
    return this.now.monotonicMs + remainingWaitMs(status.at, status.delayMs, this.now.wallMs)
  }
}

function emptyLane(id: string): Lane {
  return { id, entries: [], window: 1, inFlight: 0, unresolved: 0, answerBy: null }
}

/** Takes an entry off the books; when it was the oldest on the line, the next one gets its own time to be answered. */
function leave(draft: LaneDraft, entry: Entry): void {
  draft.unresolved -= isUnresolved(entry.operation) ? 1 : 0
  if (!isInFlight(entry)) return
  if (draft.entries.find(isInFlight) === entry) draft.answerBy = null
  draft.inFlight -= 1
}

/** An entry with nothing in flight. */
export function idle(operation: Operation, dueAt: number | null): Entry {
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
  if (status.state === 'sending') return { state: 'unconfirmed' }
  return status.state === 'parked' ? status.resume : status
}

function sameStatus(a: OperationStatus, b: OperationStatus): boolean {
  if (a === b) return true
  return a.state === b.state && (a.state === 'queued' || a.state === 'unconfirmed')
}
