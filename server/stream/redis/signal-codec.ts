import { z } from 'zod'
import { Id } from '../../../protocol/model/primitives.ts'
import { Receipt } from '../../../protocol/model/receipt.ts'
import type { Signal } from '../stream-bus.ts'

const SignalSchema: z.ZodType<Signal> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('typing'), conversation: Id, user: Id }),
  z.object({ type: z.literal('receipts'), conversation: Id, receipts: z.array(Receipt) }),
  z.object({
    type: z.literal('presence'),
    node: z.string(),
    user: Id,
    sockets: z.int().min(0),
    conversations: z.array(Id),
  }),
  z.object({ type: z.literal('node'), node: z.string(), alive: z.boolean() }),
  z.object({ type: z.literal('revoked'), tokenHash: z.string().regex(/^[0-9a-f]{64}$/) }),
])

const Envelope = z.object({ origin: z.string(), signal: SignalSchema })

export function encodeSignal(origin: string, signal: Signal): string {
  return JSON.stringify({ origin, signal })
}

/** The signal and the node it comes from, or null when the payload is not one (a node of another version, or a guest). */
export function decodeSignal(payload: string): { origin: string; signal: Signal } | null {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    return null
  }
  const parsed = Envelope.safeParse(value)
  return parsed.success ? parsed.data : null
}
