import { accept, alreadySo } from './accepted.ts'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import { isEmoji } from './emoji.ts'
import type { ReactFacts } from './facts.ts'
import { MAX_EMOJIS_A_MESSAGE } from './limits.ts'
import { refuse, refuseStranger } from './refusal.ts'
import { timestamp } from './rows.ts'
import { isStorableText } from './text.ts'

/** A member adds or takes back a reaction. When it already is as asked, nothing happens. */
export function decideReact(
  command: Command<'react'>,
  facts: ReactFacts,
  { now }: Circumstances,
): Decision<'react'> {
  const { request, actor } = command
  const { message, conversation } = facts
  const refusal = refuseStranger(message, facts.actor)
  if (refusal !== undefined) return refusal
  if (message === null || conversation === null) throw new Error('a message without conversation')
  const { emoji, on, key } = request
  // What is there can be taken back, also what was let in before only emoji were.
  if (on ? !isEmoji(emoji) : !isStorableText(emoji)) {
    return refuse('invalid', 'That is not an emoji.', { path: ['emoji'] })
  }
  if (message.deletedAt !== null) return refuse('gone', 'The message has been deleted.')
  if (facts.present === on) return alreadySo(command, key, { seq: conversation.head })
  if (on && !facts.emojiKnown && facts.emojis >= MAX_EMOJIS_A_MESSAGE) {
    return refuse('invalid', 'The message has as many different reactions as it can have.', {
      path: ['emoji'],
      limit: MAX_EMOJIS_A_MESSAGE,
    })
  }
  const seq = conversation.head + 1
  return accept(
    command,
    key,
    [
      {
        type: 'event.append',
        stream: conversation.id,
        at: now,
        message: message.id,
        event: {
          seq,
          type: on ? 'reaction.added' : 'reaction.removed',
          at: timestamp(now),
          by: actor,
          message: message.id,
          emoji,
        },
      },
      on
        ? { type: 'reaction.put', message: message.id, emoji, user: actor, seq }
        : { type: 'reaction.drop', message: message.id, emoji, user: actor },
    ],
    { seq },
  )
}
