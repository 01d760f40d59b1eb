import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Circumstances, Decision } from './change.ts'
import type { ChangeOp, Command, ReplyBody } from './command.ts'
import { decideCreate } from './decide-create.ts'
import { decideDelete } from './decide-delete.ts'
import { decideDelivered } from './decide-delivered.ts'
import { decideEdit } from './decide-edit.ts'
import { decideMemberAdd, decideMemberRemove, decideMemberRole } from './decide-member.ts'
import { decideReact } from './decide-react.ts'
import { decideRead } from './decide-read.ts'
import { decideSend } from './decide-send.ts'
import { decideUpdate } from './decide-update.ts'
import type { FactsByOp, Keyed, PriorUse } from './facts.ts'
import { refuse } from './refusal.ts'

type Rule<O extends ChangeOp> = (
  command: Command<O>,
  facts: FactsByOp[O],
  circumstances: Circumstances,
) => Decision<O>

const RULES: { readonly [O in ChangeOp]: Rule<O> } = {
  send: decideSend,
  edit: decideEdit,
  delete: decideDelete,
  react: decideReact,
  read: decideRead,
  delivered: decideDelivered,
  'conversation.create': decideCreate,
  'conversation.update': decideUpdate,
  'member.add': decideMemberAdd,
  'member.remove': decideMemberRemove,
  'member.role': decideMemberRole,
}

/**
 * What happens when `command` meets `facts` [V1]: the only place where anyone may do anything. Pure; called by a store
 * inside the transaction that locked the facts and that will write the changes.
 */
export function decide<O extends ChangeOp>(
  command: Command<O>,
  facts: FactsByOp[O],
  circumstances: Circumstances,
): Decision<O> {
  const settled = 'prior' in facts ? settleByKey(command, facts) : undefined
  if (settled !== undefined) return settled
  const rule: Rule<O> = RULES[command.op]
  return rule(command, facts, circumstances)
}

/** What the key alone decides [V4]: a repeat is answered as the first time, whatever the asker may do by now. */
function settleByKey<O extends ChangeOp>(
  command: Command<O>,
  { prior, inOrder }: Keyed,
): Decision<O> | undefined {
  if (prior !== null) {
    if (prior.op !== command.op || !sameBytes(prior.fingerprint, command.fingerprint)) {
      return refuse('key_reused', 'This key was used for another request.')
    }
    return { ok: true, changes: [], reply: firstReply<O>(prior), duplicate: true }
  }
  if (!inOrder) return refuse('out_of_order', 'The change before this one has not been applied.')
  return undefined
}

/** What was answered the first time. A body that was deleted since is not in it: its event was rewritten. */
function firstReply<O extends ChangeOp>(prior: PriorUse): ReplyBody<O> {
  // Both were serialised by us, from a reply of this op and from an event.
  if (prior.reply !== null) return JSON.parse(prior.reply) as ReplyBody<O>
  if (prior.created === null) throw new Error('a key without an answer')
  const event = JSON.parse(prior.created) as StreamEvent
  if (event.type !== 'message.created') throw new Error('a send that created no message')
  return { message: event.message, seq: event.seq } as ReplyBody<O>
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
