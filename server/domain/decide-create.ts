import { MAX_MEMBERS } from '../../protocol/limits.ts'
import type { Role } from '../../protocol/model/conversation.ts'
import { type Id, userStream } from '../../protocol/model/primitives.ts'
import { accept, alreadySo } from './accepted.ts'
import type { Change, Circumstances, Decision } from './change.ts'
import type { Command } from './command.ts'
import type { CreateFacts } from './facts.ts'
import { refuse } from './refusal.ts'
import { type MemberRow, timestamp, toConversation } from './rows.ts'
import { isStorableText } from './text.ts'

/** Names the pair of a direct conversation, whoever of the two asks; one alone is a pair with oneself (notes). */
export function directKey(a: Id, b: Id): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`
}

/** The asker and those named, each once, the asker first. */
export function namedMembers(actor: Id, members: readonly Id[]): readonly Id[] {
  return [...new Set([actor, ...members])]
}

/**
 * Makes a conversation. A group's maker is its owner. In a direct one the two are equals (neither may delete what the
 * other wrote), its members never change, and there is one for each pair: if it exists, it is returned.
 */
export function decideCreate(
  command: Command<'conversation.create'>,
  facts: CreateFacts,
  { now }: Circumstances,
): Decision<'conversation.create'> {
  const { request, actor, freshId } = command
  const { kind, key } = request
  const ids = namedMembers(actor, request.members)
  if (kind === 'direct' && ids.length > 2) {
    return refuse('invalid', 'A direct conversation is one between two.', { path: ['members'] })
  }
  if (ids.length > MAX_MEMBERS) {
    return refuse('invalid', `A conversation has at most ${MAX_MEMBERS} members.`, {
      path: ['members'],
      limit: MAX_MEMBERS,
    })
  }
  if (request.title !== undefined && !isStorableText(request.title)) {
    return refuse('invalid', 'The title holds a character that is none.', { path: ['title'] })
  }
  const known = new Map(facts.users.map((user) => [user.id, user]))
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length > 0) return refuse('not_found', 'There is no such user.', { users: missing })
  if (facts.existing !== null) {
    const conversation = toConversation(facts.existing.row, facts.existing.members)
    return alreadySo(command, key, { conversation })
  }

  const members = ids.flatMap((id): MemberRow[] => {
    const user = known.get(id)
    const role: Role = kind === 'group' && id === actor ? 'owner' : 'member'
    return user === undefined ? [] : [{ user, role }]
  })
  const title = kind === 'group' ? (request.title ?? null) : null
  const conversation = toConversation({ id: freshId, kind, title }, members)
  const at = timestamp(now)
  const [first, second] = ids
  const changes: Change[] = [
    {
      type: 'conversation.insert',
      id: freshId,
      kind,
      title,
      directKey:
        kind === 'direct' && first !== undefined ? directKey(first, second ?? first) : null,
      at: now,
    },
    {
      type: 'event.append',
      stream: freshId,
      at: now,
      message: null,
      event: { seq: 1, type: 'conversation.created', at, by: actor, conversation },
    },
  ]
  for (const { user, role } of members) {
    changes.push({ type: 'membership.put', conversation: freshId, user: user.id, role, seq: 1 })
  }
  for (const { user } of members) {
    const stream = userStream(user.id)
    changes.push({
      type: 'event.append',
      stream,
      at: now,
      message: null,
      event: {
        seq: (facts.heads.get(stream) ?? 0) + 1,
        type: 'conversation.joined',
        at,
        by: actor,
        conversation: freshId,
      },
    })
  }
  return accept(command, key, changes, { conversation })
}
