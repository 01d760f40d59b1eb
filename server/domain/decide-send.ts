import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { MissingDetails } from '../../protocol/wire/error.ts'
import type { Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { SendFacts } from './facts.ts'
import { type Refusal, refuse, refuseOutsider } from './refusal.ts'
import { timestamp } from './rows.ts'
import { exceedsUtf8, isStorableText, utf8Length } from './text.ts'

/** What a body must be, in a send as in an edit. */
export function refuseBody(body: string): Refusal | undefined {
  if (exceedsUtf8(body, MAX_BODY_BYTES)) {
    return refuse('too_large', `A message is at most ${MAX_BODY_BYTES} bytes.`, {
      bytes: utf8Length(body),
      maxBytes: MAX_BODY_BYTES,
    })
  }
  if (!isStorableText(body)) {
    return refuse('invalid', 'The text holds a character that is none.', { path: ['body'] })
  }
  return undefined
}

/** A member writes a message. */
export function decideSend(
  command: Command<'send'>,
  facts: SendFacts,
  { now }: Circumstances,
): Decision<'send'> {
  const { request, actor, freshId } = command
  const refusal = refuseBody(request.body) ?? refuseOutsider(facts.conversation, facts.actor)
  if (refusal !== undefined) return refusal
  if (facts.conversation === null) throw new Error('refuseOutsider let a missing conversation by')
  const { replyTo } = request
  if (replyTo !== undefined && facts.repliedTo !== replyTo) {
    return refuse('not_found', 'The message replied to is not in this conversation.', {
      field: 'replyTo',
    } satisfies MissingDetails)
  }
  const seq = facts.conversation.head + 1
  const at = timestamp(now)
  const message: Message = {
    id: freshId,
    conversation: request.conversation,
    seq,
    author: actor,
    key: request.key,
    body: request.body,
    version: 1,
    createdAt: at,
    ...(replyTo !== undefined && { replyTo }),
    reactions: {},
  }
  const stream = request.conversation
  return {
    ok: true,
    changes: [
      {
        type: 'event.append',
        stream,
        at: now,
        message: freshId,
        event: { seq, type: 'message.created', at, by: actor, message },
      },
      {
        type: 'message.insert',
        row: {
          id: freshId,
          conversation: stream,
          seq,
          author: actor,
          key: request.key,
          body: request.body,
          version: 1,
          createdAt: now,
          editedAt: null,
          deletedAt: null,
          deletedSeq: null,
          replyTo: replyTo ?? null,
        },
      },
      {
        type: 'key.record',
        user: actor,
        key: request.key,
        op: 'send',
        fingerprint: command.fingerprint,
        reply: null,
        created: { stream, seq },
      },
    ],
    reply: { message, seq },
    duplicate: false,
  }
}
