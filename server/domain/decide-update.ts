import { accept, alreadySo } from './accepted.ts'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { UpdateFacts } from './facts.ts'
import { isModerator, refuse, refuseOutsider } from './refusal.ts'
import { timestamp, toConversation } from './rows.ts'
import { isStorableText } from './text.ts'

/** An owner or admin renames a group. */
export function decideUpdate(
  command: Command<'conversation.update'>,
  facts: UpdateFacts,
  { now }: Circumstances,
): Decision<'conversation.update'> {
  const { request, actor } = command
  const { conversation } = facts
  const refusal = refuseOutsider(conversation, facts.actor)
  if (refusal !== undefined) return refusal
  if (conversation === null || facts.actor === null) throw new Error('refuseOutsider failed')
  if (conversation.kind === 'direct') {
    return refuse('forbidden', 'A direct conversation has no title.')
  }
  if (!isModerator(facts.actor)) {
    return refuse('forbidden', 'Only an owner or admin renames a conversation.')
  }
  const { title, key } = request
  if (!isStorableText(title)) {
    return refuse('invalid', 'The title holds a character that is none.', { path: ['title'] })
  }
  if (conversation.title === title) return alreadySo(command, key, { seq: conversation.head })
  const seq = conversation.head + 1
  return accept(
    command,
    key,
    [
      {
        type: 'event.append',
        stream: conversation.id,
        at: now,
        message: null,
        event: {
          seq,
          type: 'conversation.updated',
          at: timestamp(now),
          by: actor,
          conversation: toConversation({ ...conversation, title }, facts.members),
        },
      },
      { type: 'conversation.rename', id: conversation.id, title },
    ],
    { seq },
  )
}
