import { z } from 'zod'
import { Cursor, Id, IdempotencyKey } from '../../model/primitives.ts'
import { asking, succeeded } from './envelope.ts'

/** Moves the user's own read marker; it only ever moves forward, so that repeating it is harmless without a key. */
export const ReadRequest = z.object({
  ...asking,
  op: z.literal('read'),
  key: IdempotencyKey.optional(),
  conversation: Id,
  seq: Cursor,
})
export type ReadRequest = z.infer<typeof ReadRequest>

export const ReadReply = z.object({ ...succeeded })
export type ReadReply = z.infer<typeof ReadReply>
