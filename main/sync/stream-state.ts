import type { Cursor, Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'
import type { StreamBook } from './stream-book.ts'

/** How far every stream has been taken, and what is known beyond. The book is changed in place by `stepStreams`. */
export interface StreamsState {
  readonly link: 'offline' | 'online'
  /** Name of the server's database that the cursors belong to; null until it was told. */
  readonly instance: string | null
  readonly streams: StreamBook
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
  /** It is asked for as soon as fewer pages are on their way. */
  | { readonly kind: 'due'; readonly failures: number }
  /** A page is on its way. */
  | { readonly kind: 'asking'; readonly request: number; readonly failures: number }
  /** The server refuses to show it: no longer a member. */
  | { readonly kind: 'refused' }

/** What hello says: how far each stream has been taken. */
export function cursorsOf({ streams }: StreamsState): Cursors {
  const known: [StreamId, Cursor][] = []
  for (const [stream, { cursor }] of streams.all()) {
    if (cursor !== null) known.push([stream, cursor])
  }
  return Object.fromEntries(known)
}

/** Whether all is here of a stream that the server is known to have; false before the first contact. */
export function isCaughtUp({ streams }: StreamsState, stream: StreamId): boolean {
  const known = streams.get(stream)
  return known !== undefined && known.cursor !== null && known.cursor >= known.head
}

/** Monotonic ms at which the streams want a `tick`; null for none. */
export function nextStreamDeadline({ streams }: StreamsState): number | null {
  return streams.nextAskMs()
}
