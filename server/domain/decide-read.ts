import { userStream } from '../../protocol/model/primitives.ts'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { ReadFacts } from './facts.ts'
import { refuseOutsider } from './refusal.ts'
import { timestamp } from './rows.ts'

/**
 * A member has read up to a seq. The marker only moves forward and never past the head, so repeating it is harmless
 * and it needs no key.
 */
export function decideRead(
  command: Command<'read'>,
  facts: ReadFacts,
  { now }: Circumstances,
): Decision<'read'> {
  const { request, actor } = command
  const refusal = refuseOutsider(facts.conversation, facts.actor)
  if (refusal !== undefined) return refusal
  if (facts.conversation === null) throw new Error('refuseOutsider let a missing conversation by')
  const upTo = Math.min(request.seq, facts.conversation.head)
  if (upTo <= facts.read) return { ok: true, changes: [], reply: {}, duplicate: false }
  const conversation = request.conversation
  const { joined } = facts
  const delivered = Math.max(facts.delivered, upTo)
  return {
    ok: true,
    changes: [
      { type: 'read.set', conversation, user: actor, upTo },
      {
        type: 'event.append',
        stream: userStream(actor),
        at: now,
        message: null,
        event: {
          seq: facts.ownHead + 1,
          type: 'read',
          at: timestamp(now),
          by: actor,
          conversation,
          upTo,
        },
      },
    ],
    reply: {},
    duplicate: false,
    moved: { conversation, receipt: { user: actor, joined, delivered, read: upTo } },
  }
}
