import { z } from 'zod'
import { Id, IdempotencyKey, isId, Seq, Timestamp } from './primitives.ts'

/**
 * Users that reacted, by emoji, in the order they did. Looked at by hand: a record's schema drops the key `__proto__`,
 * which is text like any other here. An emoji is looked up by `own`.
 */
export const Reactions = z.custom<Readonly<Record<string, string[]>>>(
  isReactions,
  'is not a list of users for each emoji',
)
export type Reactions = z.infer<typeof Reactions>

function isReactions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((users) => Array.isArray(users) && users.every(isId))
}

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
export type Message = z.infer<typeof Message> & {
  /** Fields of a newer version, as a JSON object: kept for the version that knows them [G1]. Never on the wire. */
  readonly newer?: string
}
