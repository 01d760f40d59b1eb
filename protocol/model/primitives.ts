import { z } from 'zod'

/** The shapes that every schema is built from. An id is opaque: nothing may be read out of it. */

/** Opaque identifier of a user, conversation or message. */
export const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/)
export type Id = z.infer<typeof Id>

const ID = /^[A-Za-z0-9_-]{1,64}$/

/** Whether a value is an id: for what is looked at by hand. */
export function isId(value: unknown): value is Id {
  return typeof value === 'string' && ID.test(value)
}

/** Idempotency key: a UUID that the client chooses once for one operation [O2, V4]. */
export const IdempotencyKey = z.guid()
export type IdempotencyKey = z.infer<typeof IdempotencyKey>

const MAX_STREAM_ID_LENGTH = 69
const STREAM_ID = /^(user:)?[A-Za-z0-9_-]+$/

/** Name of a stream: a conversation's id, or `user:<id>` for what concerns one user alone. */
export const StreamId = z.string().min(1).max(MAX_STREAM_ID_LENGTH).regex(STREAM_ID)
export type StreamId = z.infer<typeof StreamId>

/** Place of an event in its stream: 1, 2, 3 … without a gap [V2]. */
export const Seq = z.int().min(1)
export type Seq = z.infer<typeof Seq>

/** How far a stream has been applied: the seq of the last event, 0 for none. */
export const Cursor = z.int().min(0)
export type Cursor = z.infer<typeof Cursor>

/**
 * Cursors or heads by stream. A frame holds tens of thousands, and whoever sends it need not have signed in: so they are
 * looked at by hand, in one pass that makes nothing and ends at the first that does not fit. A record's schema takes
 * several times as long, and longer the less fits.
 */
export const Cursors = z.custom<Record<StreamId, Cursor>>(isCursors, 'is not a seq for each stream')
export type Cursors = z.infer<typeof Cursors>

function isCursors(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const stream in value) {
    if (stream.length > MAX_STREAM_ID_LENGTH || !STREAM_ID.test(stream)) return false
    const seq: unknown = Reflect.get(value, stream)
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return false
  }
  return true
}

/** ISO 8601 instant in UTC, by the server's clock. */
export const Timestamp = z.iso.datetime()
export type Timestamp = z.infer<typeof Timestamp>

/** The stream of what concerns one user alone. */
export function userStream(userId: Id): StreamId {
  return `user:${userId}`
}

/** Whether a stream is a user's own one (else it is a conversation). */
export function isUserStream(stream: StreamId): boolean {
  return stream.startsWith('user:')
}
