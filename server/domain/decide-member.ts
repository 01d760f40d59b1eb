import { MAX_MEMBERS } from '../../protocol/limits.ts'
import type { Role } from '../../protocol/model/conversation.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import { type Id, userStream } from '../../protocol/model/primitives.ts'
import { accept, alreadySo } from './accepted.ts'
import type { Change, Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { MemberFacts } from './facts.ts'
import { isMember, isModerator, type Refusal, refuse, refuseOutsider } from './refusal.ts'
import { type ConversationRow, type MembershipRow, timestamp } from './rows.ts'

/**
 * Who is a member of a group, and as what. Owners do everything; admins add, and remove plain members; only owners
 * give roles. A group may have several owners, and as long as it has two members it has at least one: the last owner
 * leaves or steps down only after handing over. A direct conversation's members never change.
 */

interface InGroup {
  readonly ok: true
  readonly conversation: ConversationRow
  readonly actor: MembershipRow
}

function inGroup(facts: MemberFacts): InGroup | Refusal {
  const { conversation, actor } = facts
  const refusal = refuseOutsider(conversation, actor)
  if (refusal !== undefined) return refusal
  if (conversation === null || actor === null) throw new Error('refuseOutsider failed')
  if (conversation.kind === 'direct') {
    return refuse('forbidden', 'The members of a direct conversation never change.')
  }
  return { ok: true, conversation, actor }
}

/** An owner or admin adds someone. Adding a member is a repeat. */
export function decideMemberAdd(
  command: Command<'member.add'>,
  facts: MemberFacts,
  { now }: Circumstances,
): Decision<'member.add'> {
  const { request } = command
  const group = inGroup(facts)
  if (!group.ok) return group
  if (!isModerator(group.actor)) return refuse('forbidden', 'Only an owner or admin adds members.')
  if (facts.user === null) return refuse('not_found', 'There is no such user.')
  if (isMember(facts.target)) return alreadySo(command, request.key, { seq: facts.target.seq })
  if (group.conversation.members >= MAX_MEMBERS) {
    return refuse('invalid', `A conversation has at most ${MAX_MEMBERS} members.`, {
      path: ['user'],
      limit: MAX_MEMBERS,
    })
  }
  const change = { type: 'member.added', own: 'conversation.joined', role: 'member' } as const
  const person = { id: request.user, head: facts.userHead }
  const changes = placeChanges(command.actor, group.conversation, person, change, now)
  return accept(command, request.key, changes, { seq: group.conversation.head + 1 })
}

/** An owner or admin removes someone, or someone leaves. Removing a former member is a repeat. */
export function decideMemberRemove(
  command: Command<'member.remove'>,
  facts: MemberFacts,
  { now }: Circumstances,
): Decision<'member.remove'> {
  const { request, actor } = command
  const { target } = facts
  if (request.user === actor && target !== null && target.role === null) {
    return alreadySo(command, request.key, { seq: target.seq })
  }
  const group = inGroup(facts)
  if (!group.ok) return group
  const leaving = request.user === actor
  if (!leaving && !isModerator(group.actor)) {
    return refuse('forbidden', 'Only an owner or admin removes members.')
  }
  if (target === null) return refuse('not_found', 'There is no such member.')
  if (target.role === null) return alreadySo(command, request.key, { seq: target.seq })
  if (!leaving && group.actor.role === 'admin' && target.role !== 'member') {
    return refuse('forbidden', 'Only an owner removes an owner or admin.')
  }
  if (isLastOwner(group.conversation, target) && group.conversation.members > 1) {
    return refuse('forbidden', 'Make someone else owner first.')
  }
  const change = { type: 'member.removed', own: 'conversation.left', role: null } as const
  const person = { id: request.user, head: facts.userHead }
  const changes = placeChanges(command.actor, group.conversation, person, change, now)
  return accept(command, request.key, changes, { seq: group.conversation.head + 1 })
}

/** An owner gives a member another role. The same role again is a repeat. */
export function decideMemberRole(
  command: Command<'member.role'>,
  facts: MemberFacts,
  { now }: Circumstances,
): Decision<'member.role'> {
  const { request } = command
  const { target } = facts
  const group = inGroup(facts)
  if (!group.ok) return group
  if (group.actor.role !== 'owner') return refuse('forbidden', 'Only an owner gives roles.')
  if (!isMember(target)) return refuse('not_found', 'There is no such member.')
  if (target.role === request.role) return alreadySo(command, request.key, { seq: target.seq })
  if (isLastOwner(group.conversation, target)) {
    return refuse('forbidden', 'Make someone else owner first.')
  }
  const change = { type: 'member.role', own: null, role: request.role } as const
  const person = { id: request.user, head: facts.userHead }
  const changes = placeChanges(command.actor, group.conversation, person, change, now)
  return accept(command, request.key, changes, { seq: group.conversation.head + 1 })
}

function isLastOwner(conversation: ConversationRow, place: MembershipRow): boolean {
  return place.role === 'owner' && conversation.owners === 1
}

/** The changes of one person's place: the conversation's event, the place, and the event of the person's own stream. */
function placeChanges(
  by: Id,
  conversation: ConversationRow,
  person: { readonly id: Id; readonly head: number },
  change: {
    readonly type: 'member.added' | 'member.removed' | 'member.role'
    readonly own: 'conversation.joined' | 'conversation.left' | null
    readonly role: Role | null
  },
  now: number,
): readonly Change[] {
  const seq = conversation.head + 1
  const common = { at: timestamp(now), by }
  const event: StreamEvent = {
    ...common,
    seq,
    type: change.type,
    user: person.id,
    ...(change.role !== null && { role: change.role }),
  }
  const changes: Change[] = [
    { type: 'event.append', stream: conversation.id, at: now, message: null, event },
    {
      type: 'membership.put',
      conversation: conversation.id,
      user: person.id,
      role: change.role,
      seq,
    },
  ]
  if (change.own !== null) {
    changes.push({
      type: 'event.append',
      stream: userStream(person.id),
      at: now,
      message: null,
      event: {
        ...common,
        seq: person.head + 1,
        type: change.own,
        conversation: conversation.id,
      },
    })
  }
  return changes
}
