import { z } from 'zod'
import { IdempotencyKey } from '../../model/primitives.ts'

/** Fields of every request: `id` is unique on the connection, and the reply's `re` repeats it. */
export const requestId = z.int().min(1)

/** Fields of a request that only reads. */
export const asking = { id: requestId }

/**
 * Fields of a request that changes something: the server applies a (user, key) once, ever [V4]. `after` names the key
 * of a change that must have been applied before this one, else it is refused with `out_of_order`: so requests of one
 * conversation can be sent without waiting for one another's replies, and order holds when an earlier one fails [O3].
 */
export const changing = { id: requestId, key: IdempotencyKey, after: IdempotencyKey.optional() }

/** Fields of every reply that succeeds. */
export const succeeded = { re: requestId, ok: z.literal(true) }

/** Fields of a reply to a change; `duplicate` when this key had been applied before. */
export const changed = { ...succeeded, duplicate: z.literal(true).optional() }
