import { CloseCode } from './close-codes.ts'
import { ERROR_CODES, type ErrorClass, isErrorCode, type WireError } from './error.ts'

/**
 * Everything that can end a transmission, as data [O6]: the server's answer, or what the client saw instead of one.
 * `unanswered`: the frame may have arrived (connection cut after writing, or no answer in time) [O11].
 */
export type Failure =
  | { kind: 'answered'; error: WireError }
  | { kind: 'timeout' }
  | { kind: 'network'; reason: NetworkReason }
  | { kind: 'closed'; closeCode: number }

/** What a connection attempt can meet before any frame is exchanged. */
export type NetworkReason =
  | 'unreachable'
  | 'refused'
  | 'name_not_found'
  | 'tls'
  | 'not_our_server'
  | 'cut'
  | 'half_open'
  | 'unknown'

const CLOSE_CLASSES: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [CloseCode.goingAway, 'retryable'],
  [CloseCode.frameTooLarge, 'permanent'],
  [CloseCode.serviceRestart, 'retryable'],
  [CloseCode.tryAgainLater, 'retryable'],
  [CloseCode.notTheProtocol, 'permanent'],
  [CloseCode.unauthenticated, 'auth'],
  [CloseCode.noHello, 'retryable'],
  [CloseCode.readsTooSlowly, 'retryable'],
  [CloseCode.clientTooOld, 'permanent'],
])

/**
 * The one table that says what a failure means [O6]. Codes of the wire by their class, close codes by theirs,
 * the network and time-outs are retryable; an unknown code is what its `retryable` says, an unknown close code
 * is retryable (and bounded like all else).
 */
export function classifyFailure(failure: Failure): ErrorClass {
  switch (failure.kind) {
    case 'answered':
      if (isErrorCode(failure.error.code)) return ERROR_CODES[failure.error.code].class
      return failure.error.retryable ? 'retryable' : 'permanent'
    case 'closed':
      return CLOSE_CLASSES.get(failure.closeCode) ?? 'retryable'
    case 'timeout':
    case 'network':
      return 'retryable'
  }
}
