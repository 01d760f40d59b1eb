import { MAX_FRAME_BYTES } from '../../protocol/limits.ts'
import {
  type Cursor,
  type Cursors,
  isUserStream,
  type StreamId,
} from '../../protocol/model/primitives.ts'
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

/** Room for cursors in a hello, in bytes: a frame without what else it says. About 20,000 conversations fit. */
export const MAX_CURSORS_BYTES = MAX_FRAME_BYTES - 64 * 1024

/**
 * What hello says: how far each stream has been taken. Of more streams than a frame holds, those that are left out are
 * the shortest: of a stream without a cursor the server sends the newest events, which are passed over where they are
 * known, and what is before them is asked for like any gap [S2, S3].
 */
export function cursorsOf({ streams }: StreamsState): Cursors {
  const known: [StreamId, Cursor][] = []
  let bytes = 0
  for (const [stream, { cursor }] of streams.all()) {
    if (cursor === null) continue
    known.push([stream, cursor])
    bytes += cursorBytes(stream, cursor)
  }
  return Object.fromEntries(bytes <= MAX_CURSORS_BYTES ? known : fitting(known))
}

function fitting(known: [StreamId, Cursor][]): [StreamId, Cursor][] {
  let room = MAX_CURSORS_BYTES
  return known
    .sort((a, b) => rank(a) - rank(b))
    .filter(([stream, cursor]) => {
      room -= cursorBytes(stream, cursor)
      return room >= 0
    })
}

/** What a cursor takes in JSON, with its comma. */
function cursorBytes(stream: StreamId, cursor: Cursor): number {
  return stream.length + String(cursor).length + '"":,'.length
}

/** The longest streams first; before them the user's own one, which tells of all others. */
function rank([stream, cursor]: [StreamId, Cursor]): number {
  return isUserStream(stream) ? -Number.MAX_SAFE_INTEGER : -cursor
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
