import { z } from 'zod'
import { WireError } from './error.ts'
import { requestId } from './requests/envelope.ts'

/** Exactly one reply answers each request; `re` is the request's id. */
export const ErrorReply = z.object({ re: requestId, ok: z.literal(false), error: WireError })
export type ErrorReply = z.infer<typeof ErrorReply>

/** The part that all replies share: enough to find the request, whose op then chooses the schema. */
export const ReplyEnvelope = z.discriminatedUnion('ok', [
  z.looseObject({ re: requestId, ok: z.literal(true) }),
  ErrorReply,
])
export type ReplyEnvelope = z.infer<typeof ReplyEnvelope>
