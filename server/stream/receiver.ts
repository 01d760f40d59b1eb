import type { Id } from '../../protocol/model/primitives.ts'
import type { CloseCode } from '../../protocol/wire/close-codes.ts'
import type { WireError } from '../../protocol/wire/error.ts'

/** The way out to one socket. Frames leave in the order of the calls. */
export interface Outlet {
  /** Takes a whole frame. What waits beyond the bound closes the socket with 4413 [V7]; after that, this does nothing. */
  write(frame: Buffer): void
  /** Bytes that wait for the peer to read. */
  readonly waiting: number
  /** Whether so little waits that a page may follow. */
  readonly isLow: boolean
  /** Calls back once, when little waits. Not if the socket closes before. */
  onceLow(callback: () => void): void
}

/** A greeted connection, as the hub sees it. */
export interface Receiver {
  /** Unique in this process. */
  readonly id: number
  readonly user: Id
  /** Hex of the token's SHA-256: sockets of a revoked token are closed. */
  readonly tokenHash: string
  readonly outlet: Outlet
  /** Whether it asked for receipts: one of an older version would not know what it is told. */
  hearsReceipts: boolean
  /** Says why, then closes. */
  close(code: CloseCode, error: WireError): void
}
