import { z } from 'zod'
import { Id, Seq } from '../../model/primitives.ts'
import { changed, changing } from './envelope.ts'

/** Replaces a message's body, if `baseVersion` is still its version; else `conflict` with `details.current`. */
export const EditRequest = z.object({
  ...changing,
  op: z.literal('edit'),
  message: Id,
  body: z.string().min(1),
  baseVersion: z.int().min(1),
})
export type EditRequest = z.infer<typeof EditRequest>

export const EditReply = z.object({ ...changed, seq: Seq, version: z.int().min(1) })
export type EditReply = z.infer<typeof EditReply>
