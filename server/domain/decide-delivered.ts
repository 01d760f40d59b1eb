import type { Decision } from './change.ts'
import type { Command } from './command.ts'
import type { DeliveredFacts } from './facts.ts'
import { refuseOutsider } from './refusal.ts'

/**
 * A member's device has stored a conversation up to a seq. Like a read marker, it only moves forward and never past the
 * head. It makes no event: how far somebody has come is a state, and the log does not grow by it.
 */
export function decideDelivered(
  { request, actor: user }: Command<'delivered'>,
  facts: DeliveredFacts,
): Decision<'delivered'> {
  const refusal = refuseOutsider(facts.conversation, facts.actor)
  if (refusal !== undefined) return refusal
  if (facts.conversation === null) throw new Error('refuseOutsider let a missing conversation by')
  const { conversation } = request
  const { joined, read } = facts
  const delivered = Math.min(request.seq, facts.conversation.head)
  // What was read was delivered: saying so again would tell nobody anything.
  if (delivered <= Math.max(facts.delivered, read)) {
    return { ok: true, changes: [], reply: {}, duplicate: false }
  }
  return {
    ok: true,
    changes: [{ type: 'delivered.set', conversation, user, upTo: delivered }],
    reply: {},
    duplicate: false,
    moved: { conversation, receipt: { user, joined, delivered, read } },
  }
}
