import { z } from 'zod'
import { MAX_DELIVERED_MARKS } from '../../limits.ts'
import { Cursors } from '../../model/primitives.ts'
import { asking, succeeded } from './envelope.ts'

/**
 * Says how far this device has stored conversations. A mark only ever moves forward, so that repeating it is harmless
 * without a key. Conversations that the user is not a member of are passed over; the refusal is the answer when no
 * other is named.
 */
export const DeliveredRequest = z.object({
  ...asking,
  op: z.literal('delivered'),
  upTo: Cursors.refine((marks) => {
    const { length } = Object.keys(marks)
    return length > 0 && length <= MAX_DELIVERED_MARKS
  }, `names 1 to ${MAX_DELIVERED_MARKS} conversations`),
})
export type DeliveredRequest = z.infer<typeof DeliveredRequest>

export const DeliveredReply = z.object({ ...succeeded })
export type DeliveredReply = z.infer<typeof DeliveredReply>
