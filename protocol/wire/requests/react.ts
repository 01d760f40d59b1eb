import { z } from 'zod'
import { MAX_EMOJI_LENGTH } from '../../limits.ts'
import { Id, Seq } from '../../model/primitives.ts'
import { changed, changing } from './envelope.ts'

/** Adds (`on`) or removes a reaction. When it already is as asked, `seq` is the stream's head and nothing happens. */
export const ReactRequest = z.object({
  ...changing,
  op: z.literal('react'),
  message: Id,
  emoji: z.string().min(1).max(MAX_EMOJI_LENGTH),
  on: z.boolean(),
})
export type ReactRequest = z.infer<typeof ReactRequest>

export const ReactReply = z.object({ ...changed, seq: Seq })
export type ReactReply = z.infer<typeof ReactReply>
