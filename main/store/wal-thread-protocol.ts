/** What ThreadWalCopier and its thread (wal-thread.ts) say to one another. */

/** What the thread is started with. */
export interface WalThreadData {
  readonly database: string
  /** One HOLD: who has the database, for the one that must know without waiting for a message. */
  readonly hold: Int32Array<SharedArrayBuffer>
}

export const HOLD = {
  /** The thread does not touch the database. */
  none: 0,
  /** The thread was asked to copy, and has not begun. */
  asked: 1,
  /** The thread has the database open. */
  open: 2,
} as const

/** Sent by the thread when a copy ended; null when it went well. */
export interface CopyEnded {
  readonly problem: string | null
}
