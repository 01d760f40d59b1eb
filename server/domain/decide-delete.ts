import type { StreamEvent } from '../../protocol/model/event.ts'
import { accept, alreadySo } from './accepted.ts'
import type { Change, Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { DeleteFacts } from './facts.ts'
import { isModerator, refuse, refuseStranger } from './refusal.ts'
import { timestamp } from './rows.ts'

/** The author, or an owner or admin, makes a message a tombstone. Deleting a deleted one is a repeat. */
export function decideDelete(
  command: Command<'delete'>,
  facts: DeleteFacts,
  { now }: Circumstances,
): Decision<'delete'> {
  const { request, actor } = command
  const { message, conversation } = facts
  const refusal = refuseStranger(message, facts.actor)
  if (refusal !== undefined) return refusal
  if (message === null || conversation === null || facts.actor === null) {
    throw new Error('refuseStranger let a missing message by')
  }
  if (message.author !== actor && !isModerator(facts.actor)) {
    return refuse('forbidden', 'Only its author, an owner or an admin deletes a message.')
  }
  if (message.deletedSeq !== null) {
    return alreadySo(command, request.key, { seq: message.deletedSeq })
  }
  const seq = conversation.head + 1
  const version = message.version + 1
  const deletedAt = timestamp(now)
  const rewrites = facts.bodies.map(
    ({ seq: at, json }): Change => ({
      type: 'event.rewrite',
      stream: conversation.id,
      seq: at,
      json: withoutBody(json, deletedAt),
    }),
  )
  return accept(
    command,
    request.key,
    [
      {
        type: 'event.append',
        stream: conversation.id,
        at: now,
        message: message.id,
        event: {
          seq,
          type: 'message.deleted',
          at: deletedAt,
          by: actor,
          message: { id: message.id, version, deletedAt },
        },
      },
      ...rewrites,
      {
        type: 'message.erase',
        id: message.id,
        version,
        deletedAt: now,
        deletedSeq: seq,
      },
    ],
    { seq },
  )
}

/** The stored event of a message, after its deletion: no body, and `deletedAt` says why. */
function withoutBody(json: string, deletedAt: string): string {
  // The JSON is our own: it was serialised from a typed event.
  const event = JSON.parse(json) as StreamEvent
  if (event.type !== 'message.created' && event.type !== 'message.edited') {
    throw new Error(`an event of type ${event.type} holds no body`)
  }
  const { body: _erased, ...message } = event.message
  return JSON.stringify({ ...event, message: { ...message, deletedAt } })
}
