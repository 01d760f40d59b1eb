import { z } from 'zod'
import { Cursor, Id } from './primitives.ts'

/**
 * How far one member has come in a conversation, as seqs of its stream; each only grows. `delivered`: a device of the
 * user has stored everything up to it. `read`: the user has read up to it, which is never above `delivered`. `joined`:
 * the event that made the user a member, 0 where nobody knows any more; for what is older the user does not count.
 */
export const Receipt = z.object({ user: Id, joined: Cursor, delivered: Cursor, read: Cursor })
export type Receipt = z.infer<typeof Receipt>

/** The receipts of a conversation's members. */
export const ConversationReceipts = z.object({ conversation: Id, receipts: z.array(Receipt) })
export type ConversationReceipts = z.infer<typeof ConversationReceipts>
