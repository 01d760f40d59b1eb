import type { Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { Failure, NetworkReason } from '../../protocol/wire/failure.ts'
import type { ReceivedPush, ReceivedReplyOf } from '../../protocol/wire/received.ts'
import type { Op, RequestOf } from '../../protocol/wire/request.ts'
import type { ConnectionState } from './connection.ts'

/** A request without its `id`, which the transport numbers. */
export type RequestBody<O extends Op = Op> = O extends Op ? Omit<RequestOf<O>, 'id'> : never

/** How a request ended. `op` is repeated, so that the union tells the replies apart. */
export type Outcome<O extends Op = Op> = O extends Op
  ?
      | { readonly ok: true; readonly op: O; readonly reply: ReceivedReplyOf<O> }
      | { readonly ok: false; readonly op: O; readonly failure: Failure }
  : never

/** What came from the server and could not be read. `raw` is its text. */
export interface Misfit {
  readonly kind: 'push' | 'reply'
  readonly name: string
  readonly stream: StreamId
  readonly raw: string
}

/** Where to connect, and as whom. */
export interface TransportSession {
  /** Base address of the server, `http:` or `https:`. */
  readonly serverUrl: string
  readonly token: string
  /** Name of this installation; the same over restarts. */
  readonly device: string
}

/**
 * What the transport tells: in the order in which things happened, and never from inside a call to the transport. A
 * reply resolves its promise, so pushes that came right behind it may be told first.
 */
export interface TransportListener {
  /** Asked right before each hello: how far every stream has been taken. */
  cursors(): Cursors
  /** The connection changed: online, connecting, waiting for the next try, signed out, stopped. */
  connectionChanged(state: ConnectionState): void
  /** The server said hello. Pushes of this connection follow; requests may be sent. */
  greeted(hello: ReceivedReplyOf<'hello'>): void
  pushed(push: ReceivedPush): void
  /** Something came that does not fit, and was passed over: a push by its name, or the reply to an op. */
  misfit(what: Misfit): void
  /**
   * The connection that was greeted is gone, or was stopped. Its requests have ended, though their promises may be
   * heard later.
   */
  lost(reason: NetworkReason, closeCode: number | null): void
}

/** The line to the server: connects, keeps alive, reconnects for ever [S5]. */
export interface Transport {
  /** Connects, and keeps doing so until `stop` or until the server refuses the token. */
  start(session: TransportSession): void
  /** Ends the connection and all waiting for it; requests under way end as `cut`. Safe to repeat. */
  stop(): void
  /** Connects at once instead of waiting, with the schedule begun anew [O13]. */
  tryNow(): void
  /** The machine was asleep or changed its network: drops the line, which may be dead, and connects at once [O13]. */
  reconnect(): void
  /**
   * Sends one request and tells how it ended; never rejects. `timeoutMs` (default 10 s) is how long to wait for the
   * reply; null waits until the connection ends, for callers that keep their own time. Without a greeted connection
   * it ends at once as `network`/`unreachable`, and nothing was written.
   */
  request<O extends Op>(body: RequestBody<O>, timeoutMs?: number | null): Promise<Outcome<O>>
  /** Stops reading from the socket, so that the server waits for us (bounded memory while we store) [S6]. */
  pause(): void
  resume(): void
}

export type TransportFactory = (listener: TransportListener) => Transport
