import { z } from 'zod'
import { MAX_EVENTS_PAGE } from '../../limits.ts'
import { StreamEvent } from '../../model/event.ts'
import { Cursor, StreamId } from '../../model/primitives.ts'
import { asking, succeeded } from './envelope.ts'

/** Reads a page of a stream after a cursor, to fill a gap [S2]. */
export const EventsRequest = z.object({
  ...asking,
  op: z.literal('events'),
  stream: StreamId,
  after: Cursor,
  limit: z.int().min(1).max(MAX_EVENTS_PAGE),
})
export type EventsRequest = z.infer<typeof EventsRequest>

export const EventsReply = z.object({ ...succeeded, events: z.array(StreamEvent), head: Cursor })
export type EventsReply = z.infer<typeof EventsReply>
