import { z } from 'zod'
import { Id } from '../../model/primitives.ts'
import { asking, succeeded } from './envelope.ts'

/** Tells the other members that the user is typing. Kept nowhere. */
export const TypingRequest = z.object({ ...asking, op: z.literal('typing'), conversation: Id })
export type TypingRequest = z.infer<typeof TypingRequest>

export const TypingReply = z.object({ ...succeeded })
export type TypingReply = z.infer<typeof TypingReply>
