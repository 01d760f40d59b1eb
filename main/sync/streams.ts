import { DEFAULT_BACKLOG, MAX_EVENTS_PAGE } from '../../protocol/limits.ts'
import type { Cursor, Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import type { Now } from './clock.ts'
import { splitRun } from './event-run.ts'
import { FIRST_RETRY_MS, MAX_RETRY_MS } from './retry-policy.ts'
import { onGrid } from './stream-book.ts'
import type { StreamEffect, StreamInput } from './stream-protocol.ts'
import type { StreamPhase, StreamState, StreamsState } from './stream-state.ts'

/** Events kept beyond a gap; more are dropped and come again with the pages. */
export const MAX_AHEAD = 1_000
/** How long events that hello promised may take before they are asked for, in ms; each that comes begins it anew. */
export const CATCH_UP_GRACE_MS = 10_000
/** How far the clocks of a server's nodes, and of the one it was before, may be apart, in ms. */
const RESTORE_MARGIN_MS = 60_000
/** How long the tail that a heads push shows may take, in ms: it is usually right behind. */
export const HEADS_GRACE_MS = 1_000

/** Pages that are on their way at most: more would only wait at the server, and all come to be applied here at once. */
export const MAX_ASKING = 8

/** One step under construction; lives for one step. */
interface Work {
  readonly now: Now
  readonly before: StreamsState
  readonly changed: Map<StreamId, StreamState>
  readonly effects: StreamEffect[]
  link: StreamsState['link']
  instance: string | null
  nextRequest: number
}

/**
 * Streams as a state machine [S1–S4]: events are handed over to be applied in order, each once; a gap is filled by
 * pages first; a tail that was lost is noticed by the heads; a server that knows less than we do was restored. It ends
 * where the server ends, however long the absence was. The book of `state` is changed in place, once the step is whole.
 */
export function stepStreams(
  state: StreamsState,
  input: StreamInput,
  now: Now,
): { state: StreamsState; effects: StreamEffect[] } {
  const { link, instance, nextRequest } = state
  const work: Work = {
    now,
    before: state,
    changed: new Map(),
    effects: [],
    link,
    instance,
    nextRequest,
  }
  take(work, input)
  commit(work)
  askDue(work)
  const { streams } = state
  return {
    state: { link: work.link, instance: work.instance, streams, nextRequest: work.nextRequest },
    effects: work.effects,
  }
}

function take(work: Work, input: StreamInput): void {
  switch (input.type) {
    case 'load':
      work.instance = input.instance
      for (const [stream, { applied }] of input.cursors) {
        setNow(work, stream, { cursor: applied, head: applied, ahead: [], phase: FOLLOWING })
      }
      break
    case 'greeted':
      takeGreeting(work, input)
      break
    case 'offline':
      work.link = 'offline'
      for (const [stream, known] of work.before.streams.all()) {
        if (known.phase.kind === 'following' && known.ahead.length === 0) continue
        const { cursor, head } = known
        setNow(work, stream, { cursor, head, ahead: [], phase: FOLLOWING })
      }
      break
    case 'events':
      takeEvents(work, input.stream, input.events)
      break
    case 'heads':
      takeHeads(work, input.heads)
      break
    case 'page':
      takePage(work, input)
      break
    case 'page-failed':
      takePageFailure(work, input)
      break
    case 'tick':
      for (const stream of work.before.streams.expired(work.now.monotonicMs)) ask(work, stream)
  }
}

const FOLLOWING: StreamPhase = { kind: 'following' }
const UNKNOWN: StreamState = { cursor: null, head: 0, ahead: [], phase: FOLLOWING }

function takeGreeting(work: Work, input: Extract<StreamInput, { type: 'greeted' }>): void {
  const { heads, instance, restoredToMs } = input
  const lostSinceMs = restoredToMs === null ? null : restoredToMs - RESTORE_MARGIN_MS
  work.link = 'online'
  const isAnother = instance !== null && work.instance !== null && instance !== work.instance
  if (instance !== null && instance !== work.instance) {
    work.instance = instance
    work.effects.push({ type: 'instance', instance })
  }
  const expected = expecting(work, CATCH_UP_GRACE_MS)
  for (const [stream, head] of Object.entries(heads)) {
    const known = get(work, stream)
    if (known.cursor === null) meet(work, stream, head, expected)
    else if (isAnother) restore(work, stream, head, lostSinceMs)
    else if (head < known.cursor) restore(work, stream, head, null)
    else {
      const { cursor, ahead } = known
      setNow(work, stream, { cursor, head, ahead, phase: head > cursor ? expected : FOLLOWING })
    }
  }
  if (!isAnother) return
  // What this database does not show us is of another history: were its place kept, it would hide what is written there.
  for (const [stream, { cursor }] of work.before.streams.all()) {
    if (cursor === null || Object.hasOwn(heads, stream)) continue
    work.effects.push({ type: 'restored', stream, head: 0, lostSinceMs, isShown: false })
    set(work, stream, UNKNOWN)
  }
}

/** A stream without a cursor: the server sends its newest events by itself. */
function meet(work: Work, stream: StreamId, head: Cursor, phase: StreamPhase): void {
  if (head > 0) {
    setNow(work, stream, { cursor: null, head, ahead: [], phase })
    return
  }
  set(work, stream, { ...UNKNOWN, cursor: 0 })
  work.effects.push({ type: 'begin', stream })
}

/** The server knows less than we do: what it has replaces what we had; nothing comes by itself, as our cursor was above. */
function restore(work: Work, stream: StreamId, head: Cursor, lostSinceMs: number | null): void {
  work.effects.push({ type: 'restored', stream, head, lostSinceMs, isShown: true })
  if (head === 0) {
    meet(work, stream, head, FOLLOWING)
    return
  }
  set(work, stream, { ...UNKNOWN, head })
  ask(work, stream)
}

function takeEvents(work: Work, stream: StreamId, events: readonly ReceivedEvent[]): void {
  const known = get(work, stream)
  if (events.length === 0) return
  if (known.cursor === null && isAsking(known)) {
    // Where the stream begins is decided by the page that was asked for, which is older than this.
    set(work, stream, { ...known, ahead: [...known.ahead, ...events].slice(0, MAX_AHEAD) })
    return
  }
  receive(work, stream, known, events)
  const after = get(work, stream)
  if (after.phase.kind === 'asking') return
  if (after.phase.kind === 'due' && after.cursor !== null && after.cursor < after.head) return
  if (after.ahead.length > 0) ask(work, stream)
  else settle(work, stream, after)
}

/** Hands over what follows the cursor, and keeps what is beyond a gap. */
function receive(
  work: Work,
  stream: StreamId,
  known: StreamState,
  events: readonly ReceivedEvent[],
): void {
  const baseline = known.cursor === null
  const lowest = events.reduce((least, event) => Math.min(least, event.seq), Infinity)
  const cursor = known.cursor ?? lowest - 1
  const { run, ahead } = splitRun(cursor, known.ahead, events)
  const reached = cursor + run.length
  if (run.length > 0) {
    work.effects.push({ type: 'apply', stream, after: cursor, events: run, baseline })
  }
  const head = Math.max(known.head, reached, ahead.at(-1)?.seq ?? 0)
  set(work, stream, { ...known, cursor: reached, head, ahead: ahead.slice(0, MAX_AHEAD) })
}

/** Nothing is on its way that was asked for: either nothing is missing, or the rest is expected. */
function settle(work: Work, stream: StreamId, known: StreamState): void {
  const phase = expectation(work, known.cursor ?? 0, known.head)
  set(work, stream, { ...known, phase })
}

function takeHeads(work: Work, heads: Cursors): void {
  for (const [stream, head] of Object.entries(heads)) {
    const known = get(work, stream)
    if (head <= known.head && known.cursor !== null) continue
    const phase =
      known.phase.kind === 'following' || known.phase.kind === 'refused'
        ? expecting(work, HEADS_GRACE_MS)
        : known.phase
    set(work, stream, { ...known, head: Math.max(head, known.head), phase })
  }
}

function takePage(work: Work, input: Extract<StreamInput, { type: 'page' }>): void {
  const { stream, events } = input
  const known = get(work, stream)
  if (known.phase.kind !== 'asking' || known.phase.request !== input.request) return
  // An empty page says where the stream ends now; one with events may be older than a head that was pushed meanwhile.
  const told = events.length === 0 ? input.head : Math.max(input.head, known.head)
  const head = Math.max(told, known.ahead.at(-1)?.seq ?? 0)
  const reached: StreamState = { ...known, head, phase: { kind: 'following' } }
  if (events.length > 0) receive(work, stream, reached, events)
  else if (known.cursor === null) begin(work, stream, reached)
  else set(work, stream, reached)
  const after = get(work, stream)
  if (after.cursor === null || after.cursor >= after.head) return
  if (after.cursor === known.cursor) postpone(work, stream, known.phase.failures)
  else ask(work, stream)
}

/** The page from which a stream should begin is empty: it begins at its head. */
function begin(work: Work, stream: StreamId, known: StreamState): void {
  if (known.ahead.length > 0) receive(work, stream, { ...known, ahead: [] }, known.ahead)
  else {
    set(work, stream, { ...known, cursor: known.head })
    if (known.head === 0) work.effects.push({ type: 'begin', stream })
  }
}

function takePageFailure(work: Work, input: Extract<StreamInput, { type: 'page-failed' }>): void {
  const { stream, failure } = input
  const known = get(work, stream)
  if (known.phase.kind !== 'asking' || known.phase.request !== input.request) return
  if (classifyFailure(failure) === 'permanent') {
    set(work, stream, { ...known, ahead: [], phase: { kind: 'refused' } })
    work.effects.push({ type: 'refused', stream, failure })
  } else postpone(work, stream, known.phase.failures)
}

/** Asks again later, for as long as the line stands: a stream is never given up. */
function postpone(work: Work, stream: StreamId, failures: number): void {
  const delayMs = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS)
  const askAtMs = onGrid(work.now.monotonicMs + delayMs)
  const phase: StreamPhase = { kind: 'expecting', askAtMs, failures: failures + 1 }
  set(work, stream, { ...get(work, stream), phase })
}

/** A page is wanted: it is asked for as soon as there are not too many on their way. */
function ask(work: Work, stream: StreamId): void {
  const known = get(work, stream)
  if (work.link === 'offline' || isAsking(known)) return
  const failures = known.phase.kind === 'expecting' ? known.phase.failures : 0
  set(work, stream, { ...known, phase: { kind: 'due', failures } })
}

function isAsking({ phase }: StreamState): boolean {
  return phase.kind === 'asking' || phase.kind === 'due'
}

/** Asks for the events after the cursor of the next streams; without one, for the newest as hello would send them. */
function askDue(work: Work): void {
  const { streams } = work.before
  for (let stream = streams.firstDue(); stream !== null; stream = streams.firstDue()) {
    if (streams.asking >= MAX_ASKING) return
    const known = get(work, stream)
    const failures = known.phase.kind === 'due' ? known.phase.failures : 0
    const request = work.nextRequest
    work.nextRequest += 1
    const after = known.cursor ?? Math.max(known.head - DEFAULT_BACKLOG, 0)
    streams.set(stream, { ...known, phase: { kind: 'asking', request, failures } })
    work.effects.push({ type: 'request-events', stream, request, after, limit: MAX_EVENTS_PAGE })
  }
}

function commit(work: Work): void {
  for (const [stream, state] of work.changed) work.before.streams.set(stream, state)
  work.changed.clear()
}

function expectation(work: Work, cursor: Cursor, head: Cursor): StreamPhase {
  return head > cursor ? expecting(work, CATCH_UP_GRACE_MS) : { kind: 'following' }
}

function expecting(work: Work, delayMs: number): StreamPhase {
  return { kind: 'expecting', askAtMs: onGrid(work.now.monotonicMs + delayMs), failures: 0 }
}

function get(work: Work, stream: StreamId): StreamState {
  return work.changed.get(stream) ?? work.before.streams.get(stream) ?? UNKNOWN
}

/** The same for what is done to all of them at once, where a detour costs as much as the thing itself. */
function setNow(work: Work, stream: StreamId, state: StreamState): void {
  work.changed.delete(stream)
  work.before.streams.set(stream, state)
}

function set(work: Work, stream: StreamId, state: StreamState): void {
  work.changed.set(stream, state)
}
