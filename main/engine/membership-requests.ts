import type { Result } from '../../protocol/ipc/api.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { User } from '../../protocol/model/user.ts'
import type { Op } from '../../protocol/wire/request.ts'
import { fetchedConversation } from '../sync/apply-event.ts'
import type { Outcome, RequestBody, Transport } from '../sync/transport.ts'
import { shownUser } from './names.ts'
import type { TurnLoop } from './turn-loop.ts'
import { inConversation, requestFailure } from './views/failure-view.ts'
import type { Workspace } from './workspace.ts'

export interface MembershipPorts {
  readonly workspace: Workspace
  readonly loop: TurnLoop
  readonly transport: Pick<Transport, 'request'>
}

/**
 * What is asked of the server while the user waits: who there is, and who is in a conversation. Not through the outbox:
 * without the server there is nothing that could be shown for it. Each carries its key, so that asking again is safe.
 */
export class MembershipRequests {
  readonly #ports: MembershipPorts

  constructor(ports: MembershipPorts) {
    this.#ports = ports
  }

  /** Two people without a title are a direct conversation; anything else is a group. */
  async create(argument: ArgumentOf<'createConversation'>): Promise<Result<{ conversation: Id }>> {
    const { key, title, usernames } = argument
    const members = new Map<Id, User>()
    for (const username of usernames) {
      const found = await this.#userNamed(username)
      if (!found.ok) return found
      if (found.value.id !== this.#ports.workspace.self) members.set(found.value.id, found.value)
    }
    const kind = members.size === 1 && title === undefined ? 'direct' : 'group'
    const outcome = await this.#ask<'conversation.create'>({
      op: 'conversation.create',
      key,
      kind,
      ...(title !== undefined && { title }),
      members: [...members.keys()],
    })
    if (!outcome.ok) return { ok: false, failure: requestFailure(outcome.failure) }
    const { conversation } = outcome.reply
    const { workspace, loop } = this.#ports
    await loop.run(() => {
      for (const user of members.values()) workspace.putUser(user)
      const stored = workspace.record(conversation.id)
      workspace.putRecord(fetchedConversation(stored, conversation, workspace.self))
    })
    return { ok: true, value: { conversation: conversation.id } }
  }

  async add({ key, conversation, username }: ArgumentOf<'addMember'>): Promise<Result<null>> {
    const found = await this.#userNamed(username)
    if (!found.ok) return found
    const { workspace, loop } = this.#ports
    await loop.run(() => workspace.putUser(found.value))
    const user = found.value.id
    return this.#change(
      conversation,
      await this.#ask<'member.add'>({ op: 'member.add', key, conversation, user }),
    )
  }

  async remove({ key, conversation, user }: ArgumentOf<'removeMember'>): Promise<Result<null>> {
    return this.#change(
      conversation,
      await this.#ask<'member.remove'>({ op: 'member.remove', key, conversation, user }),
    )
  }

  async find({ query }: ArgumentOf<'findUsers'>): Promise<Result<User[]>> {
    const outcome = await this.#ask<'users.find'>({ op: 'users.find', query })
    if (!outcome.ok) return { ok: false, failure: requestFailure(outcome.failure) }
    return { ok: true, value: outcome.reply.users.map(shownUser) }
  }

  /** The user with exactly this name, compared without case. */
  async #userNamed(username: string): Promise<Result<User>> {
    const found = await this.find({ query: username })
    if (!found.ok) return found
    const wanted = username.toLowerCase()
    const user = found.value.find((candidate) => candidate.username.toLowerCase() === wanted)
    if (user !== undefined) return { ok: true, value: user }
    return { ok: false, failure: { code: 'user_not_found', message: username } }
  }

  #ask<O extends Op>(body: RequestBody<O>): Promise<Outcome<O>> {
    return this.#ports.transport.request<O>(body)
  }

  /** The change itself comes back as an event of the conversation. */
  #change(conversation: Id, outcome: Outcome<'member.add' | 'member.remove'>): Result<null> {
    if (outcome.ok) return { ok: true, value: null }
    const { workspace } = this.#ports
    const record = workspace.record(conversation)
    const name = record === null ? null : workspace.conversationName(record)
    return { ok: false, failure: inConversation(requestFailure(outcome.failure), name) }
  }
}
