import { z } from 'zod'
import { MAX_HISTORY_PAGE } from '../../limits.ts'
import { Message } from '../../model/message.ts'
import { Id, Seq } from '../../model/primitives.ts'
import { asking, succeeded } from './envelope.ts'

/** Reads messages in their state now, newest first; deleted ones are tombstones. */
export const HistoryRequest = z.object({
  ...asking,
  op: z.literal('history'),
  conversation: Id,
  before: Seq.optional(),
  limit: z.int().min(1).max(MAX_HISTORY_PAGE),
})
export type HistoryRequest = z.infer<typeof HistoryRequest>

export const HistoryReply = z.object({ ...succeeded, messages: z.array(Message) })
export type HistoryReply = z.infer<typeof HistoryReply>
