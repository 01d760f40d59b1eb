import { MAX_EDITS_A_MESSAGE } from '../../protocol/limits.ts'
import { accept } from './accepted.ts'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import { refuseBody } from './decide-send.ts'
import type { EditFacts } from './facts.ts'
import { refuse, refuseStranger } from './refusal.ts'
import { timestamp, toMessage } from './rows.ts'

/** The author changes a message, within the window, on the version it has seen. */
export function decideEdit(
  command: Command<'edit'>,
  facts: EditFacts,
  { now, editWindowMs }: Circumstances,
): Decision<'edit'> {
  const { request, actor } = command
  const { message, conversation } = facts
  const refusal = refuseBody(request.body) ?? refuseStranger(message, facts.actor)
  if (refusal !== undefined) return refusal
  if (message === null || conversation === null) throw new Error('a message without conversation')
  if (message.author !== actor) return refuse('forbidden', 'Only its author edits a message.')
  if (message.deletedAt !== null) return refuse('gone', 'The message has been deleted.')
  // A window of 0 is none: else what was sent in this very millisecond could be edited, or all after a clock's step back.
  if (editWindowMs === 0 || now - message.createdAt > editWindowMs) {
    return refuse('edit_window_expired', 'The message is too old to be edited.', { editWindowMs })
  }
  if (message.version !== request.baseVersion) {
    return refuse('conflict', 'The message has been changed since.', {
      current: toMessage(message, facts.reactions),
    })
  }
  // The version is 1 at first and grows by one with each edit.
  if (message.version > MAX_EDITS_A_MESSAGE) {
    return refuse('invalid', 'The message has been edited as often as a message can be.', {
      path: ['message'],
      limit: MAX_EDITS_A_MESSAGE,
    })
  }
  const seq = conversation.head + 1
  const version = message.version + 1
  const at = timestamp(now)
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
          type: 'message.edited',
          at,
          by: actor,
          message: { id: message.id, body: request.body, version, editedAt: at },
        },
      },
      {
        type: 'message.edit',
        id: message.id,
        seq,
        body: request.body,
        version,
        editedAt: now,
      },
    ],
    { seq, version },
  )
}
