import { z } from 'zod'
import { MAX_RECEIPTS_ASKED } from '../../limits.ts'
import { Id } from '../../model/primitives.ts'
import { ConversationReceipts } from '../../model/receipt.ts'
import { asking, succeeded } from './envelope.ts'

/**
 * Asks how far the members of conversations have come, and has this connection hear from then on when they move.
 * Conversations that the user is not a member of are left out; so are the last ones when the answer would be too long.
 */
export const ReceiptsRequest = z.object({
  ...asking,
  op: z.literal('receipts'),
  conversations: z.array(Id).max(MAX_RECEIPTS_ASKED),
})
export type ReceiptsRequest = z.infer<typeof ReceiptsRequest>

export const ReceiptsReply = z.object({
  ...succeeded,
  conversations: z.array(ConversationReceipts),
})
export type ReceiptsReply = z.infer<typeof ReceiptsReply>
