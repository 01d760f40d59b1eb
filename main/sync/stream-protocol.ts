import type { Cursor, Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'
import type { Failure } from '../../protocol/wire/failure.ts'
import type { StreamCursor } from './storage.ts'

/** What the sync machine is told. */
export type StreamInput =
  /** The stored cursors, and the server's instance they belong to, once, at the start. */
  | {
      readonly type: 'load'
      readonly cursors: ReadonlyMap<StreamId, StreamCursor>
      readonly instance: string | null
    }
  | {
      readonly type: 'greeted'
      readonly heads: Cursors
      readonly instance: string | null
      /** Of an instance that was put back from a backup: it may not have what was said at this time (ms) or later. */
      readonly restoredToMs: number | null
    }
  | { readonly type: 'offline' }
  /** Pushed events of one stream. */
  | {
      readonly type: 'events'
      readonly stream: StreamId
      readonly events: readonly ReceivedEvent[]
    }
  | { readonly type: 'heads'; readonly heads: Cursors }
  /** Answer to a `request-events` effect. */
  | {
      readonly type: 'page'
      readonly stream: StreamId
      readonly request: number
      readonly events: readonly ReceivedEvent[]
      readonly head: Cursor
    }
  | {
      readonly type: 'page-failed'
      readonly stream: StreamId
      readonly request: number
      readonly failure: Failure
    }
  /** Time has passed; see `nextStreamDeadline`. */
  | { readonly type: 'tick' }

export type StreamEffect =
  /**
   * Store these events, in order, each slice in one transaction with its cursor [S1]. `after` is the seq before the
   * first of them; `baseline` when the stream begins here for us (then `after` is its floor).
   */
  | {
      readonly type: 'apply'
      readonly stream: StreamId
      readonly after: Cursor
      readonly events: readonly ReceivedEvent[]
      readonly baseline: boolean
    }
  /** A stream without events: remember its cursor. */
  | { readonly type: 'begin'; readonly stream: StreamId }
  | {
      readonly type: 'request-events'
      readonly stream: StreamId
      readonly request: number
      readonly after: Cursor
      readonly limit: number
    }
  /**
   * The server was restored to an older state: it ends at `head`, and we had more. Own messages above `head`, and
   * those since `lostSinceMs` whatever their seq, become `lost` in the outbox, and so do own edits since then; after
   * that the confirmed rows and the cursor of the stream go; the events that follow bring it anew. Tell the user once.
   */
  | {
      readonly type: 'restored'
      readonly stream: StreamId
      readonly head: Cursor
      readonly lostSinceMs: number | null
      /** False where the database that the server has now does not show this stream to the user. */
      readonly isShown: boolean
    }
  /** The server has another database: remember its name with the cursors. */
  | { readonly type: 'instance'; readonly instance: string }
  /** The server refuses this stream: the user is no longer a member. */
  | { readonly type: 'refused'; readonly stream: StreamId; readonly failure: Failure }
