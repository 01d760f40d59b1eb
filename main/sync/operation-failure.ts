import type { LocalFailure } from '../../protocol/ipc/views.ts'
import type { Failure } from '../../protocol/wire/failure.ts'
import { utf8Length } from './utf8.ts'

/** Most bytes of UTF-8 that one UTF-16 code unit takes. */
const MAX_BYTES_A_UNIT = 3

/** Why an operation failed or waits, as it is stored: data, from which the renderer makes the words. */
export interface OperationFailure {
  /** A code of the wire, or a LocalFailure. */
  readonly code: string
  /** What the server said; only shown for codes that we do not know. */
  readonly message?: string
  /** How long the server told us to wait at least, in ms. */
  readonly retryAfterMs?: number
  /** Body size and limit in bytes, for `too_large`. */
  readonly size?: { readonly bytes: number; readonly limit: number }
}

/** A failure that only the client knows. */
export function localFailure(code: LocalFailure): OperationFailure {
  return { code }
}

/** That a body is over the limit (both in bytes of UTF-8), with its size; null when it is not. */
export function sizeFailure(body: string, limit: number): OperationFailure | null {
  if (body.length * MAX_BYTES_A_UNIT <= limit) return null
  const bytes = utf8Length(body)
  return bytes <= limit ? null : { code: 'too_large', size: { bytes, limit } }
}

/** What is kept of the end of a transmission. */
export function operationFailure(failure: Failure): OperationFailure {
  switch (failure.kind) {
    case 'answered': {
      const { code, message, retryAfterMs } = failure.error
      return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs }
    }
    case 'timeout':
      return localFailure('timeout')
    case 'closed':
    case 'network':
      return localFailure('network')
  }
}
