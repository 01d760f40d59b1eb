import type { StreamId } from '../../protocol/model/primitives.ts'
import type { StreamState, StreamsState } from './stream-state.ts'

/** Deadlines are kept on a grid of this many ms: many streams that wait as long have one entry. */
const GRID_MS = 100

/** No streams, offline. */
export function noStreams(): StreamsState {
  return { link: 'offline', instance: null, streams: new StreamBook(), nextRequest: 1 }
}

/** The instant on the grid at or after this one. */
export function onGrid(ms: number): number {
  return Math.ceil(ms / GRID_MS) * GRID_MS
}

/**
 * The state of each stream, and which of them wait for what: changing one costs the same however many there are. Not
 * immutable on purpose: making another map of ten thousand streams for each push is what kept main busy for minutes.
 */
export class StreamBook {
  readonly #streams: Map<StreamId, StreamState>
  /** Streams that expect something, by the instant at which they ask for it; few instants, as they are on the grid. */
  readonly #byDeadline = new Map<number, Set<StreamId>>()
  /** Streams that are to ask, in the order in which they came to it. */
  readonly #due = new Set<StreamId>()
  #asking = 0

  /** `streams` is empty; a test may count what is done with it. */
  constructor(streams: Map<StreamId, StreamState> = new Map()) {
    this.#streams = streams
  }

  get(stream: StreamId): StreamState | undefined {
    return this.#streams.get(stream)
  }

  /** Every stream; for what concerns all of them, like a line that is lost. */
  all(): Iterable<[StreamId, StreamState]> {
    return this.#streams
  }

  /** How many pages are on their way. */
  get asking(): number {
    return this.#asking
  }

  /** The stream that is to ask next; null for none. */
  firstDue(): StreamId | null {
    for (const stream of this.#due) return stream
    return null
  }

  /** When the next stream that expects something asks for it, monotonic ms; null for none. */
  nextAskMs(): number | null {
    let next: number | null = null
    for (const atMs of this.#byDeadline.keys()) if (next === null || atMs < next) next = atMs
    return next
  }

  /** Streams that have expected something for long enough. */
  expired(nowMs: number): StreamId[] {
    const expired: StreamId[] = []
    for (const [atMs, streams] of this.#byDeadline) if (atMs <= nowMs) expired.push(...streams)
    return expired
  }

  set(stream: StreamId, state: StreamState): void {
    const before = this.#streams.get(stream)
    if (before !== undefined) this.#leave(stream, before)
    this.#streams.set(stream, state)
    this.#enter(stream, state)
  }

  #leave(stream: StreamId, { phase }: StreamState): void {
    if (phase.kind === 'asking') this.#asking -= 1
    else if (phase.kind === 'due') this.#due.delete(stream)
    else if (phase.kind === 'expecting') {
      const waiting = this.#byDeadline.get(phase.askAtMs)
      waiting?.delete(stream)
      if (waiting?.size === 0) this.#byDeadline.delete(phase.askAtMs)
    }
  }

  #enter(stream: StreamId, { phase }: StreamState): void {
    if (phase.kind === 'asking') this.#asking += 1
    else if (phase.kind === 'due') this.#due.add(stream)
    else if (phase.kind === 'expecting') {
      const waiting = this.#byDeadline.get(phase.askAtMs)
      if (waiting === undefined) this.#byDeadline.set(phase.askAtMs, new Set([stream]))
      else waiting.add(stream)
    }
  }
}
