import type { Cursor, Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'

/** How far every stream has been taken, and what is known beyond. Immutable; `stepStreams` makes the next. */
export interface StreamsState {
  readonly link: 'offline' | 'online'
  /** Name of the server's database that the cursors belong to; null until it was told. */
  readonly instance: string | null
  readonly streams: ReadonlyMap<StreamId, StreamState>
  readonly nextRequest: number
}

export interface StreamState {
  /** seq of the last event that was handed over to be applied; null before the first contact. */
  readonly cursor: Cursor | null
  /** Highest seq that the server is known to have. */
  readonly head: Cursor
  /** Events beyond a gap, by seq; bounded, since pages bring them anyway [S2]. */
  readonly ahead: readonly ReceivedEvent[]
  readonly phase: StreamPhase
}

export type StreamPhase =
  /** Nothing is missing, as far as is known. */
  | { readonly kind: 'following' }
  /** Something should come by itself; at `askAtMs` (monotonic ms) it is asked for. */
  | { readonly kind: 'expecting'; readonly askAtMs: number; readonly failures: number }
  /** A page is on its way. */
  | { readonly kind: 'asking'; readonly request: number; readonly failures: number }
  /** The server refuses to show it: no longer a member. */
  | { readonly kind: 'refused' }

/** No streams, offline. */
export const NO_STREAMS: StreamsState = {
  link: 'offline',
  instance: null,
  streams: new Map(),
  nextRequest: 1,
}

/** What hello says: how far each stream has been taken. */
export function cursorsOf(state: StreamsState): Cursors {
  const known: [StreamId, Cursor][] = []
  for (const [stream, { cursor }] of state.streams) {
    if (cursor !== null) known.push([stream, cursor])
  }
  return Object.fromEntries(known)
}

/** Monotonic ms at which the streams want a `tick`; null for none. */
export function nextStreamDeadline(state: StreamsState): number | null {
  let earliest: number | null = null
  for (const { phase } of state.streams.values()) {
    if (phase.kind !== 'expecting') continue
    if (earliest === null || phase.askAtMs < earliest) earliest = phase.askAtMs
  }
  return earliest
}
