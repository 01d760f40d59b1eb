import {
  type Entry,
  emptyLane,
  isInFlight,
  isSettled,
  isThrownAway,
  type Lane,
  laneOf,
  NO_PLACES,
  type OutboxCounts,
  type OutboxState,
  type Place,
  type Places,
  subjectsOf,
} from './outbox-state.ts'

/** Lanes whose time has come that one step takes: after a sleep there may be thousands, and the next step follows [S6]. */
const MAX_DUE_LANES = 64

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** What the books make of the state: all of it that follows from the entries. */
type Booked = Pick<
  OutboxState,
  'entries' | 'places' | 'subjects' | 'lanes' | 'wakeups' | 'inFlight' | 'counts'
>

/**
 * The entries of the outbox with all that is kept to find them by, in step: by key, by message, by lane and by what
 * they do there, by time. Every change costs O(log n) in the number of operations. Lives for one step.
 */
export class OutboxBooks {
  readonly #before: Booked
  /** Lanes that were touched; copies that this step owns. */
  readonly #drafts = new Map<string, Mutable<Lane>>()
  readonly #counts: Mutable<OutboxCounts>
  #entries: OutboxState['entries']
  #places: OutboxState['places']
  #subjects: OutboxState['subjects']
  #inFlight: number

  constructor(state: OutboxState) {
    this.#before = state
    this.#counts = { ...state.counts }
    this.#entries = state.entries
    this.#places = state.places
    this.#subjects = state.subjects
    this.#inFlight = state.inFlight
  }

  get size(): number {
    return this.#counts.all
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** undefined when the outbox is empty. */
  get lowestOrdinal(): number | undefined {
    return this.#entries.firstKey()?.ordinal
  }

  /** The lanes as they were when the step began. */
  get lanesBefore(): OutboxState['lanes'] {
    return this.#before.lanes
  }

  laneIds(): string[] {
    const made = [...this.#drafts.keys()].filter((id) => !this.#before.lanes.get(id))
    return [...this.#before.lanes.keys(), ...made]
  }

  lane(id: string): Lane {
    return this.#drafts.get(id) ?? this.#before.lanes.get(id) ?? emptyLane(id)
  }

  touchedLanes(): string[] {
    return [...this.#drafts.keys()]
  }

  /** Lanes that had something to do at this instant (monotonic ms) or before, when the step began; not too many. */
  dueLanes(atMs: number): string[] {
    const due: string[] = []
    for (const wakeup of this.#before.wakeups.keys()) {
      if (wakeup.atMs > atMs || due.length === MAX_DUE_LANES) break
      due.push(wakeup.lane)
    }
    return due
  }

  get(key: string): Entry | null {
    return this.at(this.#places.get(key))
  }

  at(place: Place | undefined): Entry | null {
    return (place === undefined ? undefined : this.#entries.get(place)) ?? null
  }

  list(places: Places): Entry[] {
    return [...places.keys()].flatMap((place) => this.at(place) ?? [])
  }

  about(lane: string, message: string): Entry[] {
    const places = this.#subjects.get(message)
    if (places === undefined) return []
    return this.list(places).filter(({ operation }) => laneOf(operation) === lane)
  }

  setWindow(lane: string, window: number): void {
    if (this.lane(lane).window !== window) this.#draft(lane).window = window
  }

  setAnswerBy(lane: string, answerBy: number | null): void {
    if (this.lane(lane).answerBy !== answerBy) this.#draft(lane).answerBy = answerBy
  }

  insert(entry: Entry): void {
    const { ordinal, key } = entry.operation
    const place = { ordinal, key }
    this.#places = this.#places.set(key, place)
    this.#book(place, null, entry)
  }

  /** Replaces the entry of the same key; answers what it was, null when there is none. */
  replace(entry: Entry): Entry | null {
    const place = this.#places.get(entry.operation.key)
    const before = this.at(place)
    if (place !== undefined && before !== null) this.#book(place, before, entry)
    return before
  }

  /** Takes an entry out; answers what it was, null when there is none. */
  remove(key: string): Entry | null {
    const place = this.#places.get(key)
    const before = this.at(place)
    if (place === undefined || before === null) return null
    this.#places = this.#places.delete(key)
    this.#book(place, before, null)
    return before
  }

  finish(): Booked {
    let { lanes, wakeups } = this.#before
    for (const draft of this.#drafts.values()) {
      const { id } = draft
      const wokenAt = lanes.get(id)?.wakeAt ?? null
      draft.wakeAt = this.#wakeAt(draft)
      if (wokenAt !== draft.wakeAt) {
        if (wokenAt !== null) wakeups = wakeups.delete({ atMs: wokenAt, lane: id })
        if (draft.wakeAt !== null) wakeups = wakeups.set({ atMs: draft.wakeAt, lane: id }, true)
      }
      lanes = draft.all.size === 0 ? lanes.delete(id) : lanes.set(id, draft)
    }
    return {
      entries: this.#entries,
      places: this.#places,
      subjects: this.#subjects,
      lanes,
      wakeups,
      inFlight: this.#inFlight,
      counts: this.#counts,
    }
  }

  /** Books what an entry was and is now; null: it was not there, or is no longer. */
  #book(place: Place, before: Entry | null, after: Entry | null): void {
    this.#entries = after === null ? this.#entries.delete(place) : this.#entries.set(place, after)
    if (before !== null) this.#bookLane(place, before, after)
    else if (after !== null) this.#bookLane(place, null, after)
    this.#bookSubjects(place, before, after)
    this.#count(before, -1)
    this.#count(after, 1)
  }

  #bookLane(place: Place, before: Entry | null, after: Entry | null): void {
    const operation = (after ?? before)?.operation
    if (operation === undefined) return
    const draft = this.#draft(laneOf(operation))
    const isOldest = draft.flying.firstKey()?.key === place.key
    draft.all = booked(draft.all, place, before !== null, after !== null)
    draft.flying = booked(draft.flying, place, isFlying(before), isFlying(after))
    draft.idle = booked(draft.idle, place, isIdle(before), isIdle(after))
    draft.held = booked(draft.held, place, isHeld(before), isHeld(after))
    draft.waiting = booked(draft.waiting, place, isWaiting(before), isWaiting(after))
    // When the oldest one on the line has ended, the next one gets its own time to be answered.
    if (isOldest && before?.flight !== after?.flight) draft.answerBy = null
  }

  #bookSubjects(place: Place, before: Entry | null, after: Entry | null): void {
    if (before?.operation === after?.operation) return
    const left = before === null ? [] : subjectsOf(before.operation)
    const kept = after === null ? [] : subjectsOf(after.operation)
    for (const subject of left) {
      if (kept.includes(subject)) continue
      const places = (this.#subjects.get(subject) ?? NO_PLACES).delete(place)
      this.#subjects =
        places.size === 0 ? this.#subjects.delete(subject) : this.#subjects.set(subject, places)
    }
    for (const subject of kept) {
      if (left.includes(subject)) continue
      const places = (this.#subjects.get(subject) ?? NO_PLACES).set(place, true)
      this.#subjects = this.#subjects.set(subject, places)
    }
  }

  #count(entry: Entry | null, by: 1 | -1): void {
    if (entry === null) return
    this.#inFlight += isInFlight(entry) ? by : 0
    this.#counts.held += isHeld(entry) ? by : 0
    if (isThrownAway(entry.operation)) return
    const isRead = entry.operation.kind === 'read'
    const settled = isSettled(entry.operation) ? by : 0
    this.#counts.all += by
    this.#counts.settled += settled
    this.#counts.reads += isRead ? by : 0
    this.#counts.settledReads += isRead ? settled : 0
  }

  #draft(id: string): Mutable<Lane> {
    const known = this.#drafts.get(id)
    if (known !== undefined) return known
    const draft = { ...this.lane(id) }
    this.#drafts.set(id, draft)
    return draft
  }

  #wakeAt({ answerBy, waiting }: Lane): number | null {
    let earliest = answerBy
    for (const { dueAt } of this.list(waiting)) {
      if (dueAt !== null && (earliest === null || dueAt < earliest)) earliest = dueAt
    }
    return earliest
  }
}

function booked(places: Places, place: Place, was: boolean, is: boolean): Places {
  if (was === is) return places
  return is ? places.set(place, true) : places.delete(place)
}

function isFlying(entry: Entry | null): boolean {
  return entry !== null && isInFlight(entry)
}

function isIdle(entry: Entry | null): boolean {
  return entry !== null && !isInFlight(entry) && !isSettled(entry.operation) && !isHeld(entry)
}

function isHeld(entry: Entry | null): boolean {
  return entry?.operation.status.state === 'held'
}

function isWaiting(entry: Entry | null): boolean {
  return entry !== null && entry.dueAt !== null
}
