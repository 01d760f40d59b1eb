import type { z } from 'zod'
import { isPushName, Push } from '../../protocol/wire/push.ts'
import { ErrorReply } from '../../protocol/wire/reply.ts'
import { type Op, REPLIES, type ReplyOf } from '../../protocol/wire/request.ts'

/** A frame from the server: something pushed, or the text of a reply, which its request then reads. */
export type Frame =
  | { readonly kind: 'push'; readonly push: Push }
  | { readonly kind: 'reply'; readonly re: number; readonly value: object }
  /** A push of a newer server, which is none of ours. */
  | { readonly kind: 'unknown' }
  | InvalidFrame

/** A frame that does not fit. `problem` names fields and rules, never what stood in them. */
export interface InvalidFrame {
  readonly kind: 'invalid'
  readonly problem: string
}

/** Reads a text frame. */
export function readFrame(text: string): Frame {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return invalid('not a JSON object')
  if ('push' in value) {
    if (typeof value.push === 'string' && !isPushName(value.push)) return { kind: 'unknown' }
    const push = Push.safeParse(value)
    return push.success ? { kind: 'push', push: push.data } : invalid(describe(push.error))
  }
  if ('re' in value && typeof value.re === 'number') return { kind: 'reply', re: value.re, value }
  return invalid('neither a push nor a reply')
}

/** A reply as its op defines it. */
export type ReadReply<O extends Op> =
  | { readonly kind: 'ok'; readonly reply: ReplyOf<O> }
  | { readonly kind: 'error'; readonly error: ErrorReply['error'] }
  | InvalidFrame

/** Reads the reply to a request of this op. */
export function readReply<O extends Op>(op: O, value: object): ReadReply<O> {
  if ('ok' in value && value.ok === true) {
    // The table pairs each op with the schema of its reply; the type of an indexed access cannot say so.
    const schema = REPLIES[op] as unknown as z.ZodType<ReplyOf<O>>
    const reply = schema.safeParse(value)
    return reply.success ? { kind: 'ok', reply: reply.data } : invalid(describe(reply.error))
  }
  const refusal = ErrorReply.safeParse(value)
  if (!refusal.success) return invalid(describe(refusal.error))
  return { kind: 'error', error: refusal.data.error }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is an answer too: the caller refuses it like any other frame that does not fit.
    return undefined
  }
}

function invalid(problem: string): InvalidFrame {
  return { kind: 'invalid', problem }
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ')
}
