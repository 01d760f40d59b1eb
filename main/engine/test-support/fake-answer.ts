import { type ErrorCode, wireError } from '../../../protocol/wire/error.ts'
import type { Failure } from '../../../protocol/wire/failure.ts'

/** What a request is answered with: the reply without its number, or an error. */
export type Answer =
  | { readonly ok: true; readonly reply: object }
  | { readonly ok: false; readonly failure: Failure }

export function refused(code: ErrorCode, details?: unknown): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind: 'answered', error: wireError(code, '', { details }) } }
}
