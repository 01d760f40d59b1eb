import { z } from 'zod'

/**
 * The error codes of the wire: HTTP status and class, one table [O6].
 * `retryable`: the same request may succeed later. `permanent`: it never will. `auth`: after signing in again.
 */
export const ERROR_CODES = {
  invalid: { status: 400, class: 'permanent' },
  unauthenticated: { status: 401, class: 'auth' },
  forbidden: { status: 403, class: 'permanent' },
  edit_window_expired: { status: 403, class: 'permanent' },
  registration_closed: { status: 403, class: 'permanent' },
  not_found: { status: 404, class: 'permanent' },
  conflict: { status: 409, class: 'permanent' },
  key_reused: { status: 409, class: 'permanent' },
  username_taken: { status: 409, class: 'permanent' },
  out_of_order: { status: 409, class: 'retryable' },
  gone: { status: 410, class: 'permanent' },
  too_large: { status: 413, class: 'permanent' },
  client_too_old: { status: 426, class: 'permanent' },
  rate_limited: { status: 429, class: 'retryable' },
  internal: { status: 500, class: 'retryable' },
  unavailable: { status: 503, class: 'retryable' },
} as const satisfies Record<string, { status: number; class: ErrorClass }>

export type ErrorClass = 'retryable' | 'permanent' | 'auth'
export type ErrorCode = keyof typeof ERROR_CODES

/** Whether a code is one of the table's. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

/**
 * An error as it travels. `code` is open: a newer server may send one we do not know, and `retryable` then decides.
 * `retryAfterMs` is how long to wait at least before asking again.
 */
export const WireError = z.object({
  code: z.string().min(1).max(64),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.number().min(0).optional(),
  details: z.unknown().optional(),
})
export type WireError = z.infer<typeof WireError>

/** `details` of `too_large` for a body: the limit, in bytes of UTF-8. */
export const TooLargeDetails = z.object({ maxBytes: z.int().min(0) })

/** `details` of `not_found` when it is not what the request is about, but what one field of it names. */
export const MissingDetails = z.object({ field: z.literal('replyTo') })
export type MissingDetails = z.infer<typeof MissingDetails>

/** Builds an error of the table; `retryable` follows from the code's class. */
export function wireError(
  code: ErrorCode,
  message: string,
  extra: { retryAfterMs?: number; details?: unknown } = {},
): WireError {
  return { code, message, retryable: ERROR_CODES[code].class === 'retryable', ...extra }
}
