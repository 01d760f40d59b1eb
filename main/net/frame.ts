import type { z } from 'zod'
import { isPushName } from '../../protocol/wire/push.ts'
import {
  type ReceivedPush,
  type ReceivedReplyOf,
  readPush,
  receivedReply,
} from '../../protocol/wire/received.ts'
import { ErrorReply } from '../../protocol/wire/reply.ts'
import type { Op } from '../../protocol/wire/request.ts'

/** A frame from the server: something pushed, or the text of a reply, which its request then reads. */
export type Frame =
  | { readonly kind: 'push'; readonly push: ReceivedPush }
  | { readonly kind: 'reply'; readonly re: number; readonly value: object }
  /** A push or a frame of a newer server, which is none of ours [G1]. */
  | { readonly kind: 'unknown' }
  /** A push that we know by name, but not like this: passed over, and told [O9]. */
  | {
      readonly kind: 'misfit'
      readonly name: string
      readonly value: object
      readonly problem: string
    }
  | InvalidFrame

/** What is not the protocol. `problem` names fields and rules, never what stood in them. */
interface InvalidFrame {
  readonly kind: 'invalid'
  readonly problem: string
}

/** Problems of one frame that are named. */
const MAX_PROBLEMS = 8

/** Reads a text frame. */
export function readFrame(text: string): Frame {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return invalid('not a JSON object')
  if ('push' in value) {
    if (typeof value.push === 'string' && !isPushName(value.push)) return { kind: 'unknown' }
    const push = readPush(value)
    if (push.success) return { kind: 'push', push: push.data }
    const name = typeof value.push === 'string' ? value.push : ''
    return { kind: 'misfit', name, value, problem: describe(push.error) }
  }
  if ('re' in value && typeof value.re === 'number') return { kind: 'reply', re: value.re, value }
  return { kind: 'unknown' }
}

/** A reply as its op defines it. */
export type ReadReply<O extends Op> =
  | { readonly kind: 'ok'; readonly reply: ReceivedReplyOf<O> }
  | { readonly kind: 'error'; readonly error: ErrorReply['error'] }
  | InvalidFrame

/** Reads the reply to a request of this op. */
export function readReply<O extends Op>(op: O, value: object): ReadReply<O> {
  if ('ok' in value && value.ok === true) {
    const reply = receivedReply(op).safeParse(value)
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
  const told = error.issues.slice(0, MAX_PROBLEMS)
  return told.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ')
}
