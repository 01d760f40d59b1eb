import { z } from 'zod'
import { Id, IdempotencyKey, Seq, Timestamp } from './primitives.ts'

/** Users that reacted, by emoji, in the order they did. */
export const Reactions = z.record(z.string(), z.array(Id))
export type Reactions = z.infer<typeof Reactions>

/**
 * A message in its state now. Deleted ones are tombstones: `deletedAt`, and no `body`.
 * `key` is the author's idempotency key: it lets the author's devices recognise their own operation.
 */
export const Message = z.object({
  id: Id,
  conversation: Id,
  seq: Seq,
  author: Id,
  key: IdempotencyKey.optional(),
  body: z.string().optional(),
  version: z.int().min(1),
  createdAt: Timestamp,
  editedAt: Timestamp.optional(),
  deletedAt: Timestamp.optional(),
  replyTo: Id.optional(),
  reactions: Reactions,
})
export type Message = z.infer<typeof Message>
