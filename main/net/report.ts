import type { NetworkReason } from '../../protocol/wire/failure.ts'

/** What the network tells for the log: never a text, a token or a password. */
export type NetEvent =
  /** A frame did not fit the protocol; the line is closed and made anew. `problem` names fields and rules. */
  | { readonly event: 'invalid_frame'; readonly problem: string }
  /** A push or a reply did not fit, and was passed over; the line stays [G1]. */
  | {
      readonly event: 'misfit'
      readonly kind: 'push' | 'reply'
      readonly name: string
      readonly problem: string
    }
  | { readonly event: 'greeted'; readonly streams: number }
  | { readonly event: 'lost'; readonly reason: NetworkReason; readonly closeCode: number | null }
  /** The next try comes after this long, in ms. */
  | { readonly event: 'waiting'; readonly delayMs: number; readonly failures: number }
  | { readonly event: 'signed_out' }

export type Report = (event: NetEvent) => void
