import { MAX_FRAME_BYTES } from '../../protocol/limits.ts'

/** Requests of one socket that may be under way; beyond, the socket is not read [V7]. */
export const MAX_REQUESTS_UNDER_WAY = 256
/** When so many are left, it is read again. */
export const FEW_REQUESTS_UNDER_WAY = 128
/** Requests refused in a row for their rate, after which the socket is not read for a moment. */
export const MAX_REFUSED_IN_A_ROW = 256
/** That moment, in ms. */
export const FLOOD_PAUSE_MS = 1_000
/** Before hello a frame of up to this is read as it comes; a larger one only when its token is somebody's. */
export const SMALL_FRAME_BYTES = 4 * 1024
/** Bytes of one socket before its hello is accepted, frames and all: one frame of the largest, and some. */
export const MAX_BYTES_BEFORE_HELLO = MAX_FRAME_BYTES + 64 * 1024
/** Frames of one socket before hello that are answered although they fit nothing. */
export const MAX_MISFITS_BEFORE_HELLO = 8
/** Bytes of strangers, for each network: what its users sent before they were let in is given back. */
export const BYTES_BEFORE_HELLO = { perSecond: 256 * 1024, burst: 4 * 1024 * 1024 }
/** Bytes that may wait for all sockets of a node together, in MiB, unless --max-waiting-mib says otherwise. */
export const DEFAULT_MAX_WAITING_MIB = 256
/** One who never said hello, or does not read, is cut this long after it was told to go, in ms. */
export const SHORT_CLOSING_MS = 2_000
/** Sockets one user may have on a node. */
export const MAX_SOCKETS_A_USER = 64
/** Sockets a node has at most. */
export const MAX_SOCKETS = 50_000
/** Requests a second for one connection, unless --rate-limit says otherwise. */
export const DEFAULT_RATE_LIMIT = 1_000

/** One connection: `rateLimit` requests a second, and twice as many at once. 0 is no limit. */
export function connectionAllowance(rateLimit: number): { perSecond: number; burst: number } {
  return { perSecond: rateLimit, burst: 2 * rateLimit }
}

/** All of a user's connections together: two at full speed. */
export function userAllowance(rateLimit: number): { perSecond: number; burst: number } {
  return { perSecond: 2 * rateLimit, burst: 4 * rateLimit }
}
