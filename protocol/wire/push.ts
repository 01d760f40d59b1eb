import { z } from 'zod'
import { StreamEvent } from '../model/event.ts'
import { Cursors, Id, StreamId } from '../model/primitives.ts'
import { Receipt } from '../model/receipt.ts'
import { WireError } from './error.ts'

const EventsPush = z.object({
  push: z.literal('events'),
  stream: StreamId,
  events: z.array(StreamEvent),
})

/** What the server sends unasked and nothing depends on for good. */
export const PassingPush = z.discriminatedUnion('push', [
  z.object({ push: z.literal('typing'), conversation: Id, user: Id }),
  z.object({ push: z.literal('presence'), user: Id, online: z.boolean() }),
  /** Members of a conversation have come further; only on connections that asked for receipts. Merged by the highest. */
  z.object({ push: z.literal('receipts'), conversation: Id, receipts: z.array(Receipt) }),
  /** Heads of streams that changed, so that a lost tail is noticed without further traffic [V10]. */
  z.object({ push: z.literal('heads'), heads: Cursors }),
  /** Sent before the server closes the socket; `error` says why. */
  z.object({ push: z.literal('bye'), error: WireError }),
])

/** What the server sends unasked. */
export const Push = z.discriminatedUnion('push', [EventsPush, ...PassingPush.options])
export type Push = z.infer<typeof Push>

const NAMES: ReadonlySet<string> = new Set(Push.options.map(({ shape }) => shape.push.value))

/** Whether this version knows a push of that name; a client passes over any other, which a newer server may send. */
export function isPushName(name: string): name is Push['push'] {
  return NAMES.has(name)
}
