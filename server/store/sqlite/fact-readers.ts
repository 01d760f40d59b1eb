import type Database from 'better-sqlite3'
import type { StreamEvent } from '../../../protocol/model/event.ts'
import type { Message } from '../../../protocol/model/message.ts'
import { type Id, type StreamId, userStream } from '../../../protocol/model/primitives.ts'
import type { User } from '../../../protocol/model/user.ts'
import type { AnyCommand, ChangeOp, Command } from '../../domain/command.ts'
import { directKey, namedMembers } from '../../domain/decide-create.ts'
import type { DeliveredFacts, FactsByOp, Keyed, PriorUse, StoredEvent } from '../../domain/facts.ts'
import type {
  ConversationRow,
  MemberRow,
  MembershipRow,
  MessageRow,
  ReactionRow,
} from '../../domain/rows.ts'
import { keyBytes } from './key-bytes.ts'
import type { StreamNumbers } from './stream-numbers.ts'

/** A message's row as this schema keeps it; the rest is in its `message.created`. */
interface MessageState {
  readonly stream: number
  readonly seq: number
  readonly version: number
  readonly created_at: number
  readonly edited_body: string | null
  readonly edited_at: number | null
  readonly deleted_at: number | null
  readonly deleted_seq: number | null
}

type Readers = { readonly [O in ChangeOp]: (command: Command<O>) => FactsByOp[O] }

/** The message that a stored `message.created` holds. The JSON is our own, serialised from a typed event. */
export function createdMessage(json: string): Message {
  const event = JSON.parse(json) as StreamEvent
  if (event.type !== 'message.created') throw new Error(`a message begins with ${event.type}`)
  return event.message
}

/**
 * Reads the facts of each op. Called inside BEGIN IMMEDIATE, which excludes every other writer, so that what is read
 * is locked [V1].
 */
export function createFactReaders(
  db: Database.Database,
  numbers: StreamNumbers,
): (command: AnyCommand) => FactsByOp[ChangeOp] {
  const keyRow = db.prepare<
    [number, Uint8Array],
    {
      op: ChangeOp
      fingerprint: Uint8Array
      reply: string | null
      stream: number | null
      seq: number | null
    }
  >('SELECT op, fingerprint, reply, stream, seq FROM keys WHERE user = ? AND key = ?')
  const eventData = db
    .prepare<[number, number], string>('SELECT data FROM events WHERE stream = ? AND seq = ?')
    .pluck()
  // A sub-select and rows as arrays: a join, or naming each column, costs a send more than the look-up itself.
  const conversationRow = db
    .prepare<[Id], [ConversationRow['kind'], string | null, number, number, number | null]>(
      `SELECT kind, title, members, owners, (SELECT head FROM streams WHERE id = conversations.id)
       FROM conversations WHERE id = ?`,
    )
    .raw()
  const headOf = db.prepare<[StreamId], number>('SELECT head FROM streams WHERE id = ?').pluck()
  const place = db
    .prepare<[Id, Id], [MembershipRow['role'], number]>(
      'SELECT role, seq FROM memberships WHERE conversation = ? AND user = ?',
    )
    .raw()
  const messageState = db.prepare<[Id], MessageState>(
    `SELECT stream, seq, version, created_at, edited_body, edited_at, deleted_at, deleted_seq
     FROM messages WHERE id = ?`,
  )
  const messageIn = db
    .prepare<[Id, StreamId], Id>(
      'SELECT id FROM messages WHERE id = ? AND stream = (SELECT n FROM streams WHERE id = ?)',
    )
    .pluck()
  const reactionsOf = db.prepare<[Id], ReactionRow>(
    'SELECT emoji, user FROM reactions WHERE message = ? ORDER BY seq',
  )
  const editsOf = db
    .prepare<[Id], number>('SELECT seq FROM message_edits WHERE message = ? ORDER BY seq')
    .pluck()
  const marksOf = db.prepare<[Id, Id], { joined: number; delivered: number; read: number }>(
    `SELECT joined, delivered_up_to AS delivered, read_up_to AS read
     FROM memberships WHERE conversation = ? AND user = ?`,
  )
  const userRow = db.prepare<[Id], User>(
    'SELECT id, username, display_name AS displayName FROM users WHERE id = ?',
  )
  const membersOf = prepareMembers(db)
  const directRow = db
    .prepare<[string], Id>('SELECT id FROM conversations WHERE direct_key = ?')
    .pluck()

  function prior(user: number, key: string): PriorUse | null {
    const row = keyRow.get(user, keyBytes(key))
    if (row === undefined) return null
    const { op, fingerprint, reply, stream, seq } = row
    const created = stream === null || seq === null ? null : (eventData.get(stream, seq) ?? null)
    return { op, fingerprint, reply, created }
  }

  function keyed(command: {
    actor: Id
    request: { key: string; after?: string | undefined }
  }): Keyed {
    const { key, after } = command.request
    const user = numbers.of(userStream(command.actor))
    return {
      prior: prior(user, key),
      inOrder: after === undefined || keyRow.get(user, keyBytes(after)) !== undefined,
    }
  }

  function conversation(id: Id): ConversationRow | null {
    const row = conversationRow.get(id)
    if (row === undefined) return null
    const [kind, title, members, owners, head] = row
    return { id, kind, title, members, owners, head: head ?? 0 }
  }

  function membership(inConversation: Id, user: Id): MembershipRow | null {
    const row = place.get(inConversation, user)
    if (row === undefined) return null
    const [role, seq] = row
    return { user, role, seq }
  }

  function message(id: Id): { row: MessageRow; state: MessageState } | null {
    const state = messageState.get(id)
    if (state === undefined) return null
    const created = createdMessage(eventData.get(state.stream, state.seq) ?? '')
    return {
      state,
      row: {
        id,
        conversation: created.conversation,
        seq: state.seq,
        author: created.author,
        key: created.key ?? '',
        body: state.deleted_at === null ? (state.edited_body ?? created.body ?? null) : null,
        version: state.version,
        createdAt: state.created_at,
        editedAt: state.edited_at,
        deletedAt: state.deleted_at,
        deletedSeq: state.deleted_seq,
        replyTo: created.replyTo ?? null,
      },
    }
  }

  function onMessage(actor: Id, id: Id) {
    const found = message(id)
    return {
      message: found?.row ?? null,
      state: found?.state ?? null,
      conversation: found === null ? null : conversation(found.row.conversation),
      actor: found === null ? null : membership(found.row.conversation, actor),
    }
  }

  function bodiesOf(id: Id, state: MessageState | null): readonly StoredEvent[] {
    if (state === null) return []
    return [state.seq, ...editsOf.all(id)].map((seq) => ({
      seq,
      json: eventData.get(state.stream, seq) ?? '',
    }))
  }

  function memberFacts(command: Command<'member.add' | 'member.remove' | 'member.role'>) {
    const { request, actor } = command
    return {
      ...keyed(command),
      conversation: conversation(request.conversation),
      actor: membership(request.conversation, actor),
      user: userRow.get(request.user) ?? null,
      target: membership(request.conversation, request.user),
      userHead: headOf.get(userStream(request.user)) ?? 0,
    }
  }

  function deliveredFacts(id: Id, actor: Id): DeliveredFacts {
    return {
      conversation: conversation(id),
      actor: membership(id, actor),
      ...(marksOf.get(id, actor) ?? { joined: 0, delivered: 0, read: 0 }),
    }
  }

  const readers: Readers = {
    send: (command) => ({
      ...keyed(command),
      conversation: conversation(command.request.conversation),
      actor: membership(command.request.conversation, command.actor),
      repliedTo:
        command.request.replyTo === undefined
          ? null
          : (messageIn.get(command.request.replyTo, command.request.conversation) ?? null),
    }),
    edit: (command) => ({
      ...keyed(command),
      ...onMessage(command.actor, command.request.message),
      reactions: reactionsOf.all(command.request.message),
    }),
    delete: (command) => {
      const facts = onMessage(command.actor, command.request.message)
      return {
        ...keyed(command),
        ...facts,
        bodies: bodiesOf(command.request.message, facts.state),
      }
    },
    react: (command) => {
      const { message: id, emoji } = command.request
      const reactions = reactionsOf.all(id)
      const emojis = new Set(reactions.map((reaction) => reaction.emoji))
      return {
        ...keyed(command),
        ...onMessage(command.actor, id),
        present: reactions.some((r) => r.emoji === emoji && r.user === command.actor),
        emojis: emojis.size,
        emojiKnown: emojis.has(emoji),
      }
    },
    read: ({ request, actor }) => ({
      ...deliveredFacts(request.conversation, actor),
      ownHead: headOf.get(userStream(actor)) ?? 0,
    }),
    delivered: ({ request, actor }) => deliveredFacts(request.conversation, actor),
    'conversation.create': (command) => {
      const { request, actor } = command
      const ids = namedMembers(actor, request.members)
      const users = ids.flatMap((id) => userRow.get(id) ?? [])
      const [first, second] = ids
      const pair =
        request.kind === 'direct' && first !== undefined && ids.length <= 2
          ? directKey(first, second ?? first)
          : null
      const row = pair === null ? null : conversation(directRow.get(pair) ?? '')
      return {
        ...keyed(command),
        users,
        existing: row === null ? null : { row, members: membersOf(row.id) },
        heads: new Map(
          users.map(({ id }) => [userStream(id), headOf.get(userStream(id)) ?? 0] as const),
        ),
      }
    },
    'conversation.update': (command) => ({
      ...keyed(command),
      conversation: conversation(command.request.conversation),
      actor: membership(command.request.conversation, command.actor),
      members: membersOf(command.request.conversation),
    }),
    'member.add': memberFacts,
    'member.remove': memberFacts,
    'member.role': memberFacts,
  }

  return <O extends ChangeOp>(command: Command<O>) => {
    const read: (command: Command<O>) => FactsByOp[O] = readers[command.op]
    return read(command)
  }
}

/** Prepares the reading of a conversation's members now, in the order in which they came. */
export function prepareMembers(db: Database.Database): (conversation: Id) => readonly MemberRow[] {
  const rows = db.prepare<[Id], User & { role: MemberRow['role'] }>(
    `SELECT u.id, u.username, u.display_name AS displayName, m.role
     FROM memberships m JOIN users u ON u.id = m.user
     WHERE m.conversation = ? AND m.role IS NOT NULL ORDER BY m.seq, u.id`,
  )
  return (conversation) =>
    rows.all(conversation).map(({ role, ...user }): MemberRow => ({ user, role }))
}
