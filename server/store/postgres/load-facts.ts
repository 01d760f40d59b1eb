import type pg from 'pg'
import type { Role } from '../../../protocol/model/conversation.ts'
import { type Id, type StreamId, userStream } from '../../../protocol/model/primitives.ts'
import type { AnyCommand, Command } from '../../domain/command.ts'
import { directKey, namedMembers } from '../../domain/decide-create.ts'
import type { StoredEvent } from '../../domain/facts.ts'
import type { ConversationRow, MemberRow, ReactionRow } from '../../domain/rows.ts'
import { isStorableText } from '../../domain/text.ts'
import { ask } from './connection.ts'
import type { LoadedFacts } from './fact-source.ts'
import * as sql from './facts-statements.ts'
import type { LockRequest } from './lock-streams.ts'

/** What must be locked before the facts of these commands are read. */
export function locksOf(commands: readonly AnyCommand[]): LockRequest {
  const streams = new Set<StreamId>()
  const messages = new Set<Id>()
  const directKeys = new Set<string>()
  for (const command of commands) {
    const { request } = command
    if ('conversation' in request) streams.add(request.conversation)
    if ('message' in request) messages.add(request.message)
    if ('user' in request) streams.add(userStream(request.user))
    if (command.op === 'read') streams.add(userStream(command.actor))
    if (command.op === 'conversation.create') {
      for (const user of namedMembers(command.actor, command.request.members)) {
        streams.add(userStream(user))
      }
      const pair = pairOf(command)
      if (pair !== null) directKeys.add(pair)
    }
  }
  return { streams, messages, directKeys }
}

/** The key of the direct conversation that a command asks for, or null when it asks for none that can be. */
function pairOf({ actor, request }: Command<'conversation.create'>): string | null {
  const [first, second, ...more] = namedMembers(actor, request.members)
  if (request.kind !== 'direct' || first === undefined || more.length > 0) return null
  return directKey(first, second ?? first)
}

/** Reads the facts of all commands at once: a few statements that travel together, however many commands. */
export async function loadFacts(
  client: pg.ClientBase,
  commands: readonly AnyCommand[],
): Promise<LoadedFacts> {
  const sends = commands.filter((command) => command.op === 'send')
  const others = commands.filter((command) => command.op !== 'send')
  const reacts = others.filter((command) => command.op === 'react')
  const create = others.find((command) => command.op === 'conversation.create')
  const update = others.find((command) => command.op === 'conversation.update')
  const [sendRows, otherRows, reactions, reactionFacts, bodies, direct, members, users] =
    await Promise.all([
      sends.length === 0 ? [] : ask<sql.SendFactsRow>(client, sql.SEND_FACTS, parametersOf(sends)),
      others.length === 0 ? [] : ask<sql.FactsRow>(client, sql.FACTS, parametersOf(others)),
      reactionsOf(client, messagesOf(others, 'edit')),
      reactionFactsOf(client, reacts),
      bodiesOf(client, messagesOf(others, 'delete')),
      create === undefined ? null : directOf(client, create),
      update === undefined ? null : membersOf(client, update.request.conversation),
      create === undefined ? [] : usersOf(client, create),
    ])
  return {
    sends: paired(sends, sendRows),
    others: paired(others, otherRows),
    reactions,
    reactionFacts: paired(reacts, reactionFacts),
    bodies,
    members: new Map([
      ...(update === undefined || members === null
        ? []
        : [[update.request.conversation, members] as const]),
      ...(direct === null ? [] : [[direct.row.id, direct.members] as const]),
    ]),
    direct: new Map(create === undefined || direct === null ? [] : [[create, direct.row]]),
    users,
  }
}

/** One array a column, as GIVEN takes them. */
function parametersOf(commands: readonly AnyCommand[]): (string | null)[][] {
  const columns: (string | null)[][] = [[], [], [], [], [], [], []]
  for (const { actor, request } of commands) {
    const row = [
      actor,
      request.key ?? null,
      ('after' in request && request.after) || null,
      ('conversation' in request && request.conversation) || null,
      ('message' in request && request.message) || null,
      ('replyTo' in request && request.replyTo) || null,
      ('user' in request && request.user) || null,
    ]
    row.forEach((value, column) => {
      columns[column]?.push(value)
    })
  }
  return columns
}

function paired<Row>(
  commands: readonly AnyCommand[],
  rows: readonly Row[],
): ReadonlyMap<AnyCommand, Row> {
  const pairs = new Map<AnyCommand, Row>()
  commands.forEach((command, place) => {
    const row = rows[place]
    if (row !== undefined) pairs.set(command, row)
  })
  return pairs
}

function messagesOf(commands: readonly AnyCommand[], op: 'edit' | 'delete'): Id[] {
  return commands.flatMap((command) => (command.op === op ? [command.request.message] : []))
}

async function reactionsOf(
  client: pg.ClientBase,
  messages: readonly Id[],
): Promise<Map<Id, ReactionRow[]>> {
  if (messages.length === 0) return new Map()
  return grouped(await ask<ReactionRow & { message: Id }>(client, sql.REACTIONS, [messages]))
}

async function bodiesOf(
  client: pg.ClientBase,
  messages: readonly Id[],
): Promise<Map<Id, StoredEvent[]>> {
  if (messages.length === 0) return new Map()
  return grouped(await ask<StoredEvent & { message: Id }>(client, sql.BODIES, [messages]))
}

/** Rows by the message that they are about, in order. */
function grouped<Row extends { readonly message: Id }>(rows: readonly Row[]): Map<Id, Row[]> {
  const groups = new Map<Id, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.message)
    if (group === undefined) groups.set(row.message, [row])
    else group.push(row)
  }
  return groups
}

async function reactionFactsOf(
  client: pg.ClientBase,
  reacts: readonly Command<'react'>[],
): Promise<{ present: boolean; known: boolean; emojis: number }[]> {
  if (reacts.length === 0) return []
  return ask(client, sql.REACTION_FACTS, [
    reacts.map(({ request }) => request.message),
    // What cannot be stored is not there; the decision refuses it.
    reacts.map(({ request }) => (isStorableText(request.emoji) ? request.emoji : '')),
    reacts.map(({ actor }) => actor),
  ])
}

type StoredConversation = Omit<ConversationRow, 'head'>

async function directOf(
  client: pg.ClientBase,
  command: Command<'conversation.create'>,
): Promise<{ row: StoredConversation; members: MemberRow[] } | null> {
  const pair = pairOf(command)
  if (pair === null) return null
  const [row] = await ask<StoredConversation>(client, sql.DIRECT_CONVERSATION, [pair])
  return row === undefined ? null : { row, members: await membersOf(client, row.id) }
}

interface UserColumns {
  readonly id: Id
  readonly username: string
  readonly display_name: string
}

/** Members as they are now, in a settled order. */
async function membersOf(
  asked: Pick<pg.ClientBase, 'query'>,
  conversation: Id,
): Promise<MemberRow[]> {
  const rows = await ask<UserColumns & { role: Role }>(asked, sql.MEMBERS, [conversation])
  return rows.map(({ id, username, display_name, role }) => ({
    user: { id, username, displayName: display_name },
    role,
  }))
}

async function usersOf(
  client: pg.ClientBase,
  { actor, request }: Command<'conversation.create'>,
): Promise<LoadedFacts['users']> {
  const ids = namedMembers(actor, request.members)
  const rows = await ask<UserColumns>(client, sql.USERS, [ids])
  return rows.map(({ id, username, display_name }) => ({
    id,
    username,
    displayName: display_name,
  }))
}
