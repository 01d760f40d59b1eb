import { z } from 'zod'
import { Id, Seq } from '../../model/primitives.ts'
import { changed, changing } from './envelope.ts'

/** Makes a message a tombstone. Deleting a deleted one again is a repeat, not an error. */
export const DeleteRequest = z.object({ ...changing, op: z.literal('delete'), message: Id })
export type DeleteRequest = z.infer<typeof DeleteRequest>

export const DeleteReply = z.object({ ...changed, seq: Seq })
export type DeleteReply = z.infer<typeof DeleteReply>
