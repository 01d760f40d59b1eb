import type { NetworkReason } from '../../protocol/wire/failure.ts'
import type { Random } from './clock.ts'

/** The line to the server as a state machine [S5]: when to connect, when to wait, and for how long. */

/** Upper end of the first wait, in ms; it doubles with each failure. */
const FIRST_RECONNECT_MS = 1_000
/** Upper end of the longest wait, in ms. */
const MAX_RECONNECT_MS = 60_000
/** After this long online, in ms, a loss is a new story and the waits begin anew. */
export const STABLE_AFTER_MS = 30_000

/** The line to the server. `failures` counts tries in a row that led to nothing lasting. */
export type ConnectionState =
  | { readonly status: 'stopped' }
  | { readonly status: 'signed-out' }
  /** The server needs a newer client: nothing is tried until the user wants it [G2]. */
  | { readonly status: 'outdated' }
  | { readonly status: 'connecting'; readonly failures: number }
  | { readonly status: 'online'; readonly failures: number; readonly sinceMs: number }
  | {
      readonly status: 'offline'
      readonly failures: number
      readonly reason: NetworkReason
      /** Monotonic ms of the next try. */
      readonly retryAtMs: number
    }

export type ConnectionInput =
  /** Signed in, or told to go on. */
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** The server said hello. */
  | { readonly type: 'greeted' }
  /** A try failed, or the line was lost; `retryAfterMs` is what the server asked for, 0 for nothing. */
  | { readonly type: 'lost'; readonly reason: NetworkReason; readonly retryAfterMs: number }
  /** The server refuses the token. */
  | { readonly type: 'refused' }
  /** The server does not understand this client any more. */
  | { readonly type: 'outdated' }
  /** The wait is over. */
  | { readonly type: 'due' }
  /** "Try now", the system's "online", waking up [O13]. */
  | { readonly type: 'try-now' }

/** The state after an input; the same object when nothing changes. `random` is drawn only for a wait. */
export function stepConnection(
  state: ConnectionState,
  input: ConnectionInput,
  monotonicMs: number,
  random: Random,
): ConnectionState {
  switch (input.type) {
    case 'stop':
      return { status: 'stopped' }
    case 'start':
      return isDown(state) ? { status: 'connecting', failures: 0 } : state
    case 'refused':
      return state.status === 'stopped' ? state : { status: 'signed-out' }
    case 'outdated':
      return state.status === 'stopped' ? state : { status: 'outdated' }
    case 'greeted':
      return state.status === 'connecting'
        ? { status: 'online', failures: state.failures, sinceMs: monotonicMs }
        : state
    case 'due':
      return state.status === 'offline' ? { status: 'connecting', failures: state.failures } : state
    case 'try-now':
      return isWaiting(state) ? { status: 'connecting', failures: 0 } : state
    case 'lost':
      return lose(state, input, monotonicMs, random)
  }
}

/**
 * The wait after `failures` tries in a row (1 …), in ms: full jitter, drawn evenly between nothing and 1, 2, 4 … 60 s,
 * so that clients that lost the same server do not come back at the same instant.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function reconnectDelayMs(failures: number, random: Random): number {
  const ceiling = Math.min(FIRST_RECONNECT_MS * 2 ** (failures - 1), MAX_RECONNECT_MS)
  return Math.round(random() * ceiling)
}

function lose(
  state: ConnectionState,
  { reason, retryAfterMs }: Extract<ConnectionInput, { type: 'lost' }>,
  monotonicMs: number,
  random: Random,
): ConnectionState {
  if (state.status !== 'connecting' && state.status !== 'online') return state
  const wasStable = state.status === 'online' && monotonicMs - state.sinceMs >= STABLE_AFTER_MS
  const failures = wasStable ? 1 : state.failures + 1
  const askedMs = Math.min(retryAfterMs, MAX_RECONNECT_MS)
  const delayMs = Math.max(reconnectDelayMs(failures, random), askedMs)
  return { status: 'offline', failures, reason, retryAtMs: monotonicMs + delayMs }
}

function isDown(state: ConnectionState): boolean {
  return state.status === 'stopped' || state.status === 'signed-out'
}

function isWaiting(state: ConnectionState): boolean {
  return state.status === 'offline' || state.status === 'outdated'
}
