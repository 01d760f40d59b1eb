import type { NetworkReason } from '../../protocol/wire/failure.ts'

/** The line to the server. `failures` counts tries in a row that led to nothing lasting. */
export type ConnectionState =
  | { readonly status: 'stopped' }
  | { readonly status: 'signed-out' }
  | { readonly status: 'connecting'; readonly failures: number }
  | { readonly status: 'online'; readonly failures: number; readonly sinceMs: number }
  | {
      readonly status: 'offline'
      readonly failures: number
      readonly reason: NetworkReason
      /** Monotonic ms of the next try. */
      readonly retryAtMs: number
    }
