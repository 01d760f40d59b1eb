import { type Id, type StreamId, userStream } from '../../../protocol/model/primitives.ts'
import type { User } from '../../../protocol/model/user.ts'
import type { Change, Circumstances, Decision } from '../../domain/change.ts'
import type { AnyCommand, Command } from '../../domain/command.ts'
import { decide } from '../../domain/decide.ts'
import type {
  CreateFacts,
  DeleteFacts,
  DeliveredFacts,
  EditFacts,
  FactsByOp,
  MemberFacts,
  PriorUse,
  ReactFacts,
  SendFacts,
  StoredEvent,
} from '../../domain/facts.ts'
import type {
  ConversationRow,
  MemberRow,
  MembershipRow,
  MessageRow,
  ReactionRow,
} from '../../domain/rows.ts'
import {
  type ConversationFactsRow,
  type FactsRow,
  messageOf,
  type SendFactsRow,
} from './facts-statements.ts'
import type { LockedHeads } from './lock-streams.ts'

/** What was read for a batch of commands, after its streams were locked. */
export interface LoadedFacts {
  readonly sends: ReadonlyMap<AnyCommand, SendFactsRow>
  readonly others: ReadonlyMap<AnyCommand, FactsRow>
  readonly reactions: ReadonlyMap<Id, readonly ReactionRow[]>
  readonly reactionFacts: ReadonlyMap<
    AnyCommand,
    { readonly present: boolean; readonly known: boolean; readonly emojis: number }
  >
  readonly bodies: ReadonlyMap<Id, readonly StoredEvent[]>
  readonly members: ReadonlyMap<Id, readonly MemberRow[]>
  /** The direct conversation that a command wants made, if it exists. */
  readonly direct: ReadonlyMap<AnyCommand, Omit<ConversationRow, 'head'>>
  readonly users: readonly User[]
}

/** A conversation turned up that was not there when the streams were locked: lock again, with it. */
export class UnlockedConversation extends Error {
  override readonly name = 'UnlockedConversation'
}

/**
 * The facts of a batch's commands, one after the other: what was read, and what the commands decided so far have
 * changed of it. That is the heads, the keys used, the messages made and the events rewritten; whatever else commands
 * share they do not share within one batch (see batch-plan.ts). Pure.
 */
export class FactSource {
  readonly #loaded: LoadedFacts
  readonly #heads: LockedHeads
  readonly #applied = new Set<string>()
  readonly #made = new Map<Id, Id>()
  readonly #rewritten = new Map<string, string>()

  constructor(loaded: LoadedFacts, locked: LockedHeads) {
    this.#loaded = loaded
    this.#heads = new Map(locked)
  }

  /**
   * Decides a command on its facts, and counts its changes in for those that follow.
   *
   * @throws UnlockedConversation when its facts are not excluded from changing
   */
  decide(command: AnyCommand, circumstances: Circumstances): Decision {
    const decision = this.#decide(command, circumstances)
    if (decision.ok) for (const change of decision.changes) this.#apply(change)
    return decision
  }

  #decide(command: AnyCommand, circumstances: Circumstances): Decision {
    switch (command.op) {
      case 'send':
        return decide(command, this.#send(command), circumstances)
      case 'edit':
        return decide(command, this.#edit(command), circumstances)
      case 'delete':
        return decide(command, this.#delete(command), circumstances)
      case 'react':
        return decide(command, this.#react(command), circumstances)
      case 'read':
        return decide(command, this.#read(command), circumstances)
      case 'delivered':
        return decide(command, this.#delivered(command), circumstances)
      case 'conversation.create':
        return decide(command, this.#create(command), circumstances)
      case 'conversation.update':
        return decide(command, this.#update(command), circumstances)
      case 'member.add':
        return decide(command, this.#member(command), circumstances)
      case 'member.remove':
        return decide(command, this.#member(command), circumstances)
      case 'member.role':
        return decide(command, this.#member(command), circumstances)
    }
  }

  #apply(change: Change): void {
    switch (change.type) {
      case 'event.append':
        this.#heads.set(change.stream, change.event.seq)
        break
      case 'event.rewrite':
        this.#rewritten.set(`${change.stream} ${change.seq}`, change.json)
        break
      case 'key.record':
        this.#applied.add(keyOf(change.user, change.key))
        break
      case 'message.insert':
        this.#made.set(change.row.id, change.row.conversation)
        break
    }
  }

  #send(command: Command<'send'>): SendFacts {
    const row = found(this.#loaded.sends, command)
    const { replyTo, conversation } = command.request
    const repliedIn =
      replyTo === undefined ? null : (this.#made.get(replyTo) ?? row.replied_conversation)
    return {
      ...this.#inConversation(command, row),
      repliedTo: replyTo !== undefined && repliedIn === conversation ? replyTo : null,
    }
  }

  #edit(command: Command<'edit'>): EditFacts {
    const { message } = command.request
    return { ...this.#onMessage(command), reactions: this.#loaded.reactions.get(message) ?? [] }
  }

  #delete(command: Command<'delete'>): DeleteFacts {
    const { message } = command.request
    return { ...this.#onMessage(command), bodies: this.#loaded.bodies.get(message) ?? [] }
  }

  #react(command: Command<'react'>): ReactFacts {
    const facts = found(this.#loaded.reactionFacts, command)
    return {
      ...this.#onMessage(command),
      present: facts.present,
      emojis: facts.emojis,
      emojiKnown: facts.known,
    }
  }

  #read(command: Command<'read'>): FactsByOp['read'] {
    return {
      ...this.#delivered(command),
      ownHead: this.#heads.get(userStream(command.actor)) ?? 0,
    }
  }

  #delivered(command: CommandOf<'read' | 'delivered'>): DeliveredFacts {
    const row = found(this.#loaded.others, command)
    return {
      conversation: this.#conversation(row),
      actor: actorOf(command, row),
      joined: row.joined ?? 0,
      delivered: row.delivered_up_to ?? 0,
      read: row.read_up_to ?? 0,
    }
  }

  #create(command: Command<'conversation.create'>): CreateFacts {
    const row = found(this.#loaded.others, command)
    const { users } = this.#loaded
    const direct = this.#loaded.direct.get(command)
    const heads = new Map<StreamId, number>()
    for (const user of users) {
      const stream = userStream(user.id)
      heads.set(stream, this.#lockedHead(stream))
    }
    return {
      ...this.#keyed(command, row),
      users,
      existing:
        direct === undefined
          ? null
          : {
              row: { ...direct, head: this.#lockedHead(direct.id) },
              members: this.#loaded.members.get(direct.id) ?? [],
            },
      heads,
    }
  }

  #update(command: Command<'conversation.update'>): FactsByOp['conversation.update'] {
    const row = found(this.#loaded.others, command)
    return {
      ...this.#inConversation(command, row),
      members: this.#loaded.members.get(command.request.conversation) ?? [],
    }
  }

  #member(command: CommandOf<'member.add' | 'member.remove' | 'member.role'>): MemberFacts {
    const row = found(this.#loaded.others, command)
    const { user } = command.request
    return {
      ...this.#inConversation(command, row),
      user: row.person_known
        ? { id: user, username: row.person_username, displayName: row.person_display_name }
        : null,
      target: row.target_known ? { user, role: row.target_role, seq: row.target_seq } : null,
      userHead: row.person_known ? this.#lockedHead(userStream(user)) : 0,
    }
  }

  #onMessage(command: CommandOf<'edit' | 'delete' | 'react'>): InConversation & {
    readonly message: MessageRow | null
  } {
    const row = found(this.#loaded.others, command)
    return { ...this.#inConversation(command, row), message: messageOf(row) }
  }

  #inConversation(command: KeyedCommand, row: ConversationFactsRow): InConversation {
    return {
      ...this.#keyed(command, row),
      conversation: this.#conversation(row),
      actor: actorOf(command, row),
    }
  }

  #keyed(command: KeyedCommand, row: ConversationFactsRow): Keyed {
    const { after } = command.request
    return {
      prior:
        row.prior_op === null
          ? null
          : {
              op: row.prior_op,
              fingerprint: row.prior_fingerprint,
              reply: row.prior_reply,
              created:
                this.#rewritten.get(`${row.prior_stream} ${row.prior_seq}`) ?? row.prior_created,
            },
      inOrder:
        after === undefined || row.after_applied || this.#applied.has(keyOf(command.actor, after)),
    }
  }

  #conversation(row: ConversationFactsRow): ConversationRow | null {
    if (row.conversation === null) return null
    return {
      id: row.conversation,
      kind: row.kind,
      title: row.title,
      head: this.#lockedHead(row.conversation),
      members: row.members,
      owners: row.owners,
    }
  }

  #lockedHead(stream: StreamId): number {
    const head = this.#heads.get(stream)
    if (head === undefined) throw new UnlockedConversation(stream)
    return head
  }
}

/** The commands that have a key; marks do without. */
type KeyedCommand = Exclude<AnyCommand, Command<'read' | 'delivered'>>
type CommandOf<O extends AnyCommand['op']> = Extract<AnyCommand, { op: O }>

interface Keyed {
  readonly prior: PriorUse | null
  readonly inOrder: boolean
}

interface InConversation extends Keyed {
  readonly conversation: ConversationRow | null
  readonly actor: MembershipRow | null
}

/** A user's key as one string; a UUID is the same in capitals. */
export function keyOf(user: Id, key: string): string {
  return `${user} ${key.toLowerCase()}`
}

function actorOf(command: { readonly actor: Id }, row: ConversationFactsRow): MembershipRow | null {
  return row.actor_known ? { user: command.actor, role: row.actor_role, seq: row.actor_seq } : null
}

function found<Row>(rows: ReadonlyMap<unknown, Row>, command: object): Row {
  const row = rows.get(command)
  if (row === undefined) throw new Error('a command whose facts were not read')
  return row
}
