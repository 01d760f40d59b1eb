import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Operation, SendOperation, UnreadableOperation } from './operation.ts'
import { targetOf } from './operation-request.ts'
import { nextUnreadableGone, shownUnreadable } from './outbox-unreadable.ts'
import { SortedMap } from './sorted-map.ts'

/** The outbox: what the user did and the server has not confirmed. Immutable; `stepOutbox` makes the next. */
export interface OutboxState {
  readonly link: OutboxLink
  /** Every operation, oldest first. */
  readonly entries: SortedMap<Place, Entry>
  /** Where an operation is, by its key. */
  readonly places: SortedMap<string, Place>
  /** Places of what is about a message (its own send, changes of it, replies to it), by the message's key. */
  readonly subjects: SortedMap<string, Places>
  /** Lanes with something in them, by id. */
  readonly lanes: SortedMap<string, Lane>
  /** When which lane has something to do by itself. */
  readonly wakeups: SortedMap<Wakeup, true>
  readonly unreadable: readonly UnreadableOperation[]
  /** Transmissions that are not answered yet, over all lanes. */
  readonly inFlight: number
  readonly counts: OutboxCounts
  readonly nextOrdinal: number
  readonly nextTransmission: number
  /** Largest body that the server takes, in bytes of UTF-8. */
  readonly maxBodyBytes: number
  /**
   * Keys that were on the line when the server closed it for a frame that it will never take, or that it ended right
   * after twice in a row. They are asked one at a time, so that the one that is meant is found and the others pass.
   */
  readonly suspects: ReadonlySet<string>
  readonly hungry: HungryLanes
}

/**
 * Lanes that may have something to send and were not asked since the line came, or found it full: of thousands of
 * conversations some go at a time [S6], in turn, so that none waits for ever.
 */
export interface HungryLanes {
  /** The one that was asked last. */
  readonly after: string
  /** By their ids; the values say nothing. */
  readonly lanes: SortedMap<string, unknown>
}

/** Of all operations, and of the read markers among them: how many, and how many are at rest until the user decides. */
export interface OutboxCounts {
  readonly all: number
  readonly settled: number
  readonly reads: number
  readonly settledReads: number
  /** Those that can still be taken back; of these only deletions count among all. */
  readonly held: number
}

/** Where an operation is in the order in which the user acted; the operation itself is its place. */
export interface Place {
  readonly ordinal: number
  readonly key: string
}

/** Some operations, oldest first. */
export type Places = SortedMap<Place, true>

/** An instant (monotonic ms) at which a lane has something to do by itself. */
interface Wakeup {
  readonly atMs: number
  readonly lane: string
}

export type OutboxLink =
  | { readonly status: 'offline' }
  | { readonly status: 'signed-out' }
  | { readonly status: 'online'; readonly ordered: boolean }

/**
 * Operations that take effect in order [O3]: those of one conversation; its read marker is a lane of its own, since
 * nothing is gained by holding back what was read for what was written.
 */
export interface Lane {
  readonly id: string
  readonly all: Places
  /** Those on the line. */
  readonly flying: Places
  /** Those that the user can still take back: nothing waits for them. */
  readonly held: Places
  /** Those that are neither on the line, nor held, nor at rest until the user decides. */
  readonly idle: Places
  /** Those of the idle ones that wait for a retry; hardly ever more than one. */
  readonly waiting: Places
  /** How many may be in flight: begins at 1 with each connection, grows by 1 with each success, 1 again after a failure. */
  readonly window: number
  /** Monotonic ms at which the oldest transmission counts as unanswered; null when nothing is in flight. */
  readonly answerBy: number | null
  /** Monotonic ms of the earliest of `answerBy` and the waiting ones' retries; null for none. */
  readonly wakeAt: number | null
}

/** An operation with what only this process knows of it. */
export interface Entry {
  readonly operation: Operation
  /** The transmission that is not answered yet, else null. */
  readonly flight: Flight | null
  /** Monotonic ms at which a waiting one is due, else null. */
  readonly dueAt: number | null
}

/** One transmission. */
interface Flight {
  readonly transmission: number
  /** Whether it is the operation's first ever: to be refused unlooked-at then proves that nothing arrived. */
  readonly isFirst: boolean
  /** Whether it named the one before it as `after`. */
  readonly isPipelined: boolean
  /** Whether it went alone, as one that may be what ends the line. */
  readonly isAlone: boolean
  /** Monotonic ms. */
  readonly at: number
}

/** Oldest first; a key decides between two of one ordinal, which only a damaged database has. */
export function comparePlaces(a: Place, b: Place): number {
  return a.ordinal - b.ordinal || compareTexts(a.key, b.key)
}

export const NO_PLACES: Places = SortedMap.empty(comparePlaces)

/** An empty outbox, offline. */
export const EMPTY_OUTBOX: OutboxState = {
  link: { status: 'offline' },
  entries: SortedMap.empty(comparePlaces),
  places: SortedMap.empty(compareTexts),
  subjects: SortedMap.empty(compareTexts),
  lanes: SortedMap.empty(compareTexts),
  wakeups: SortedMap.empty((a, b) => a.atMs - b.atMs || compareTexts(a.lane, b.lane)),
  unreadable: [],
  inFlight: 0,
  counts: { all: 0, settled: 0, reads: 0, settledReads: 0, held: 0 },
  nextOrdinal: 1,
  nextTransmission: 1,
  maxBodyBytes: MAX_BODY_BYTES,
  suspects: new Set(),
  hungry: { after: '', lanes: SortedMap.empty(compareTexts) },
}

/** A lane with nothing in it. */
export function emptyLane(id: string): Lane {
  return {
    id,
    all: NO_PLACES,
    flying: NO_PLACES,
    held: NO_PLACES,
    idle: NO_PLACES,
    waiting: NO_PLACES,
    window: 1,
    answerBy: null,
    wakeAt: null,
  }
}

/** The lane that an operation belongs to. */
export function laneOf(operation: { kind: Operation['kind']; conversation: Id }): string {
  return operation.kind === 'read' ? `${operation.conversation} read` : operation.conversation
}

/** Whether an entry is on the line. */
export function isInFlight(entry: Entry): boolean {
  return entry.flight !== null
}

/** Whether an operation is at rest until the user decides, so that it holds back nothing behind it. */
export function isSettled(operation: Operation): boolean {
  return operation.status.state === 'failed' || operation.status.state === 'conflict'
}

/** Whether an operation is a deletion that can still be taken back: the message is shown as deleted meanwhile. */
export function isHeldDeletion({ kind, status }: Operation): boolean {
  return kind === 'delete' && status.state === 'held' && status.what === 'delete'
}

/** Whether an operation was thrown away and can still be taken back: to the screen it is gone. */
export function isThrownAway(operation: Operation): boolean {
  return operation.status.state === 'held' && !isHeldDeletion(operation)
}

/** Keys of the messages that an operation is about: what it changes or quotes, and for a send its own. */
export function subjectsOf(operation: Operation): string[] {
  const target = targetOf(operation)?.key
  if (operation.kind !== 'send') return target === undefined ? [] : [target]
  return target === undefined ? [operation.key] : [operation.key, target]
}

/** What is pending on a conversation's messages (not its read marker), in order. */
export function pendingOf(state: OutboxState, conversation: Id): Entry[] {
  return entriesAt(state, state.lanes.get(conversation)?.all ?? NO_PLACES).filter(
    ({ operation }) => !isThrownAway(operation),
  )
}

/** What is pending on the messages of these conversations, one at a time. */
export function* messagesPending(
  state: OutboxState,
  conversations: readonly Id[],
): Generator<Operation, void, undefined> {
  for (const conversation of conversations) {
    for (const place of state.lanes.get(conversation)?.all.keys() ?? []) {
      const operation = state.entries.get(place)?.operation
      if (operation !== undefined) yield operation
    }
  }
}

/** What is pending in a conversation on one message, in order: its send and changes of it, not replies to it. */
export function pendingOn(state: OutboxState, conversation: Id, message: string): Entry[] {
  return entriesAt(state, state.subjects.get(message) ?? NO_PLACES).filter(({ operation }) => {
    if (laneOf(operation) !== conversation || isThrownAway(operation)) return false
    return operation.kind !== 'send' || operation.key === message
  })
}

/** How much of a conversation waits for the line or the server, and how much for the user; constant work. */
export function pendingCounts(
  state: OutboxState,
  conversation: Id,
): { waiting: number; failed: number } {
  const lane = state.lanes.get(conversation)
  if (lane === undefined) return { waiting: 0, failed: 0 }
  const waiting = lane.flying.size + lane.idle.size
  return { waiting, failed: lane.all.size - waiting - lane.held.size }
}

/** The newest message of a conversation that is not confirmed and is `wanted`; null for none. */
export function lastSend(
  state: OutboxState,
  conversation: Id,
  wanted: (send: SendOperation) => boolean,
): SendOperation | null {
  for (const place of state.lanes.get(conversation)?.all.keysDown() ?? []) {
    const operation = state.entries.get(place)?.operation
    if (operation?.kind !== 'send' || isThrownAway(operation)) continue
    if (wanted(operation)) return operation
  }
  return null
}

/** Whether nobody is signed in, so that all that waits is parked [O8]. */
export function isSignedOut({ link }: OutboxState): boolean {
  return link.status === 'signed-out'
}

/** Every operation, oldest first. */
export function allOperations(state: OutboxState): Operation[] {
  return [...state.entries.values()].map((entry) => entry.operation)
}

/** Every operation, newest first, one at a time. */
export function* newestFirst(state: OutboxState): Generator<Operation, void, undefined> {
  for (const place of state.entries.keysDown()) {
    const entry = state.entries.get(place)
    if (entry !== undefined) yield entry.operation
  }
}

/** The operation with a key, wherever it is. */
export function findOperation(state: OutboxState, key: string): Operation | null {
  const place = state.places.get(key)
  return (place === undefined ? null : state.entries.get(place)?.operation) ?? null
}

/** How many wait for the line or the server, and how many for the user (failed, in conflict, unreadable). */
export function countOutbox(state: OutboxState): { waiting: number; failed: number } {
  const { all, settled } = state.counts
  return { waiting: all - settled, failed: settled + shownUnreadable(state).length }
}

/**
 * Monotonic ms at which the outbox wants a `tick`: the next due retry or unanswered transmission; null for none.
 * The shell keeps one timer, set anew after every step.
 */
export function nextOutboxDeadline(state: OutboxState): number | null {
  const lane = state.wakeups.firstKey()?.atMs ?? null
  const gone = nextUnreadableGone(state)
  return lane === null || gone === null ? (lane ?? gone) : Math.min(lane, gone)
}

function entriesAt(state: OutboxState, places: Places): Entry[] {
  const found: Entry[] = []
  for (const place of places.keys()) {
    const entry = state.entries.get(place)
    if (entry !== undefined) found.push(entry)
  }
  return found
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
