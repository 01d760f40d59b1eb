import { z } from 'zod'
import { Message } from '../../model/message.ts'
import { Id, Seq } from '../../model/primitives.ts'
import { changed, changing } from './envelope.ts'

/** Writes a message. A body over MAX_BODY_BYTES of UTF-8 is refused as `too_large`, not here. */
export const SendRequest = z.object({
  ...changing,
  op: z.literal('send'),
  conversation: Id,
  body: z.string().min(1),
  replyTo: Id.optional(),
})
export type SendRequest = z.infer<typeof SendRequest>

export const SendReply = z.object({ ...changed, message: Message, seq: Seq })
export type SendReply = z.infer<typeof SendReply>
