import type { CreateAccountRequest, Session } from '../../../protocol/http/accounts.ts'
import { DEFAULT_BACKLOG, MAX_BODY_BYTES } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../protocol/model/conversation.ts'
import type { StreamEvent } from '../../../protocol/model/event.ts'
import type { Message } from '../../../protocol/model/message.ts'
import {
  type Cursors,
  type Id,
  type StreamId,
  userStream,
} from '../../../protocol/model/primitives.ts'
import type { User } from '../../../protocol/model/user.ts'
import { own } from '../../../protocol/own.ts'
import { findsName, nameKeys, nameWords } from '../../../protocol/text/names.ts'

import type { Push } from '../../../protocol/wire/push.ts'
import type { ReplyOf } from '../../../protocol/wire/request.ts'
import type { RequestBody } from '../../sync/transport.ts'
import type { AccountsApi, AccountsOutcome } from '../ports.ts'
import { type Answer, refused } from './fake-answer.ts'
import type { NewEvent } from './fake-event.ts'
import { remake } from './fake-loss.ts'
import { FakeReceipts } from './fake-receipts.ts'

/** A connection that was greeted. */
export interface FakeSocket {
  readonly user: Id
  /** Anything: it is read as the real line does. */
  push(push: object): void
  close(closeCode: number | null): void
}

/** A server in memory: accounts, streams, messages, keys applied once. Small enough to be believed. */
export class FakeServer implements AccountsApi {
  readonly users = new Map<Id, User & { password: string }>()
  readonly tokens = new Map<string, Id>()
  readonly streams = new Map<StreamId, StreamEvent[]>()
  readonly conversations = new Map<Id, Conversation>()
  readonly messages = new Map<Id, Message>()
  readonly sockets = new Set<FakeSocket>()
  readonly receipts = new FakeReceipts()
  /** Every request that arrived, in order. */
  readonly requests: RequestBody[] = []
  readonly applied = new Map<string, Answer>()
  readonly #now: () => number
  #nextId = 1
  instance = 'first'
  /** ISO 8601, of an instance that was put back from a backup. */
  restoredTo: string | null = null
  ordered = true
  editWindowMs = 900_000
  /** What it tells of itself beyond the first version. */
  info: object = {}

  constructor(now: () => number) {
    this.#now = now
  }

  // Accounts

  async createAccount(
    _url: string,
    request: CreateAccountRequest,
  ): Promise<AccountsOutcome<Session>> {
    const { username, displayName = username, password, lost } = request
    if (this.#named(username) !== null) return refused('username_taken')
    const id = lost?.id ?? this.#id('u')
    this.users.set(id, { id, username, displayName, password })
    this.#append(userStream(id), id, [])
    remake(this, id, lost)
    return { ok: true, value: this.session(id) }
  }

  async createSession(
    _url: string,
    { username, password }: { username: string; password: string },
  ): Promise<AccountsOutcome<Session>> {
    const user = this.#named(username)
    if (user?.password !== password) return refused('unauthenticated')
    return { ok: true, value: this.session(user.id) }
  }

  async deleteSession(_url: string, token: string): Promise<AccountsOutcome<null>> {
    this.revoke(token)
    return { ok: true, value: null }
  }

  session(id: Id): Session {
    const token = this.#id('token')
    this.tokens.set(token, id)
    return { token, expiresAt: new Date(this.#now() + 1e9).toISOString(), user: this.#profile(id) }
  }

  /** The token is good no more; its sockets are closed. */
  revoke(token: string): void {
    const user = this.tokens.get(token)
    this.tokens.delete(token)
    for (const socket of [...this.sockets]) if (socket.user === user) socket.close(4401)
  }

  // The socket

  hello(token: string, cursors: Cursors): { reply: ReplyOf<'hello'>; backlog: Push[] } | null {
    const user = this.tokens.get(token)
    if (user === undefined) return null
    const readable = [userStream(user), ...this.conversationsOf(user)]
    const heads = Object.fromEntries(readable.map((stream) => [stream, this.head(stream)]))
    const backlog = readable.flatMap((stream): Push[] => {
      const all = this.streams.get(stream) ?? []
      const after = own(cursors, stream) ?? Math.max(all.length - DEFAULT_BACKLOG, 0)
      const events = all.slice(after).map((event) => this.#withoutDeleted(event))
      return events.length === 0 ? [] : [{ push: 'events', stream, events }]
    })
    const { instance, restoredTo, ordered, editWindowMs } = this
    const server = {
      ...{ version: '1', editWindowMs, maxBodyBytes: MAX_BODY_BYTES, instance, ordered },
      ...(restoredTo !== null && { restoredTo }),
      ...this.info,
    }
    return { reply: { re: 1, ok: true, user: this.#profile(user), server, heads }, backlog }
  }

  /** Takes a request of a user. */
  take(user: Id, request: RequestBody): Answer {
    this.requests.push(request)
    const key = 'key' in request && request.op !== 'read' ? `${user} ${request.key}` : null
    const before = key === null ? undefined : this.applied.get(key)
    if (before !== undefined) return before
    const answer = this.#perform(user, request)
    if (key !== null && answer.ok) this.applied.set(key, answer)
    return answer
  }

  // What other people do

  addUser(username: string): User {
    const id = this.#id('u')
    this.users.set(id, { id, username, displayName: username, password: 'password' })
    return this.#profile(id)
  }

  createConversation(
    owner: Id,
    title: string | null,
    others: readonly Id[],
    as?: Id,
  ): Conversation {
    const id = as ?? this.#id('c')
    const members = [owner, ...others].map((user) => ({
      user,
      role: user === owner ? ('owner' as const) : ('member' as const),
      profile: this.#profile(user),
    }))
    const conversation: Conversation = {
      id,
      kind: title === null ? 'direct' : 'group',
      title,
      members,
    }
    this.conversations.set(id, conversation)
    this.#append(id, owner, [{ type: 'conversation.created', conversation }])
    for (const { user } of members) {
      this.#append(userStream(user), owner, [{ type: 'conversation.joined', conversation: id }])
    }
    return conversation
  }

  send(author: Id, conversation: Id, body: string, extra: Partial<Message> = {}): Message {
    const message: Message = {
      id: this.#id('m'),
      conversation,
      seq: this.head(conversation) + 1,
      author,
      body,
      version: 1,
      createdAt: new Date(this.#now()).toISOString(),
      reactions: {},
      ...extra,
    }
    this.messages.set(message.id, message)
    this.#append(conversation, author, [{ type: 'message.created', message }])
    return message
  }

  edit(by: Id, id: Id, body: string): Message {
    const message = this.#message(id)
    const editedAt = new Date(this.#now()).toISOString()
    const version = message.version + 1
    const next = { ...message, body, version, editedAt }
    this.messages.set(id, next)
    this.#append(message.conversation, by, [
      { type: 'message.edited', message: { id, body, version, editedAt } },
    ])
    return next
  }

  remove(by: Id, id: Id): void {
    const { body: _gone, ...rest } = this.#message(id)
    const deletedAt = new Date(this.#now()).toISOString()
    this.messages.set(id, { ...rest, deletedAt })
    this.#append(rest.conversation, by, [
      { type: 'message.deleted', message: { id, version: rest.version, deletedAt } },
    ])
  }

  addMember(conversation: Id, user: Id): void {
    const known = this.conversations.get(conversation)
    if (known === undefined) return
    const member = { user, role: 'member' as const, profile: this.#profile(user) }
    this.conversations.set(conversation, { ...known, members: [...known.members, member] })
    const by = known.members[0]?.user ?? user
    this.#append(conversation, by, [{ type: 'member.added', user, role: 'member' }])
    this.#append(userStream(user), by, [{ type: 'conversation.joined', conversation }])
  }

  leave(conversation: Id, user: Id, by: Id): void {
    const known = this.conversations.get(conversation)
    if (known === undefined) return
    const members = known.members.filter((member) => member.user !== user)
    this.#append(conversation, by, [{ type: 'member.removed', user }])
    this.conversations.set(conversation, { ...known, members })
    this.#append(userStream(user), by, [{ type: 'conversation.left', conversation }])
  }

  /** Somebody has come further, and whoever is there is told. */
  moveReceipt(conversation: Id, user: Id, marks: { delivered?: number; read?: number }): void {
    const receipts = [this.receipts.move(conversation, user, marks)]
    for (const socket of this.sockets) socket.push({ push: 'receipts', conversation, receipts })
  }

  /** Goes back to an older state of a stream, as after a restore from a backup. */
  truncate(stream: StreamId, head: number): void {
    const events = this.streams.get(stream) ?? []
    this.streams.set(stream, events.slice(0, head))
    for (const event of events) {
      if (event.type !== 'message.created') continue
      const { id, key } = event.message
      if (event.seq <= head) this.messages.set(id, event.message)
      else if (this.messages.delete(id)) this.applied.delete(`${event.by} ${key}`)
    }
  }

  head(stream: StreamId): number {
    return this.streams.get(stream)?.length ?? 0
  }

  conversationsOf(user: Id): Id[] {
    return [...this.conversations.values()]
      .filter(({ members }) => members.some((member) => member.user === user))
      .map(({ id }) => id)
  }

  /** Bodies of a conversation's messages, in order; null for deleted ones. */
  bodies(conversation: Id): (string | null)[] {
    return [...this.messages.values()]
      .filter((message) => message.conversation === conversation)
      .sort((a, b) => a.seq - b.seq)
      .map((message) => message.body ?? null)
  }

  #perform(user: Id, request: RequestBody): Answer {
    switch (request.op) {
      case 'send': {
        if (!this.conversationsOf(user).includes(request.conversation)) return refused('forbidden')
        const { key, conversation, body, replyTo } = request
        const extra = replyTo === undefined ? { key } : { key, replyTo }
        const message = this.send(user, conversation, body, extra)
        return { ok: true, reply: { message, seq: message.seq } }
      }
      case 'edit': {
        const current = this.messages.get(request.message)
        if (current === undefined) return refused('not_found')
        if (current.deletedAt !== undefined) return refused('gone')
        if (current.version !== request.baseVersion) return refused('conflict', { current })
        const { version, conversation } = this.edit(user, request.message, request.body)
        return { ok: true, reply: { seq: this.head(conversation), version } }
      }
      case 'delete':
        if (!this.messages.has(request.message)) return refused('not_found')
        this.remove(user, request.message)
        return { ok: true, reply: { seq: this.head(this.#message(request.message).conversation) } }
      case 'react': {
        const { message, emoji, on } = request
        const { conversation, reactions } = this.#message(message)
        const users = (own(reactions, emoji) ?? []).filter((id) => id !== user)
        const next = on ? [...users, user] : users
        this.messages.set(message, {
          ...this.#message(message),
          reactions: { ...reactions, [emoji]: next },
        })
        const type = on ? 'reaction.added' : 'reaction.removed'
        this.#append(conversation, user, [{ type, message, emoji }])
        return { ok: true, reply: { seq: this.head(conversation) } }
      }
      case 'read':
        this.#append(userStream(user), user, [
          { type: 'read', conversation: request.conversation, upTo: request.seq },
        ])
        return { ok: true, reply: {} }
      case 'typing':
        return { ok: true, reply: {} }
      case 'delivered':
      case 'receipts': {
        const membersOf = (id: Id) => this.conversations.get(id)?.members.map((m) => m.user) ?? []
        return { ok: true, reply: this.receipts.reply(user, request, membersOf) }
      }
      case 'events': {
        const all = this.streams.get(request.stream) ?? []
        const events = all.slice(request.after, request.after + request.limit)
        return { ok: true, reply: { events, head: all.length } }
      }
      case 'history': {
        const { conversation, before = Number.POSITIVE_INFINITY, limit } = request
        const messages = [...this.messages.values()]
          .filter((message) => message.conversation === conversation && message.seq < before)
          .sort((a, b) => b.seq - a.seq)
          .slice(0, limit)
        return { ok: true, reply: { messages } }
      }
      case 'conversation.create': {
        const { title = null, members } = request
        return { ok: true, reply: { conversation: this.createConversation(user, title, members) } }
      }
      case 'conversation.get': {
        const conversation = this.conversations.get(request.conversation)
        return conversation === undefined
          ? refused('not_found')
          : { ok: true, reply: { conversation } }
      }
      case 'member.add':
        this.addMember(request.conversation, request.user)
        return { ok: true, reply: { seq: this.head(request.conversation) } }
      case 'member.remove':
        this.leave(request.conversation, request.user, user)
        return { ok: true, reply: { seq: this.head(request.conversation) } }
      case 'users.find': {
        const users = [...this.users.keys()]
          .map((id) => this.#profile(id))
          .filter(({ username, displayName }) =>
            findsName(nameWords(request.query), [...nameKeys(username), ...nameKeys(displayName)]),
          )
        return { ok: true, reply: { users } }
      }
      default:
        return refused('invalid')
    }
  }

  /** An event of another version, or one that does not fit: it gets a seq like any other. */
  appendRaw(stream: StreamId, by: Id, raw: object): number {
    this.#append(stream, by, [raw as NewEvent])
    return this.head(stream)
  }

  /** Appends to a stream, and tells whoever reads it. */
  #append(stream: StreamId, by: Id, added: readonly NewEvent[]): void {
    const events = this.streams.get(stream) ?? []
    this.streams.set(stream, events)
    const at = new Date(this.#now()).toISOString()
    const news = added.map(
      (event, i) => ({ seq: events.length + 1 + i, at, by, ...event }) as StreamEvent,
    )
    if (news.length === 0) return
    events.push(...news)
    for (const socket of [...this.sockets]) {
      const reads =
        stream === userStream(socket.user) || this.conversationsOf(socket.user).includes(stream)
      if (reads) socket.push({ push: 'events', stream, events: news })
    }
  }

  #withoutDeleted(event: StreamEvent): StreamEvent {
    if (event.type !== 'message.created') return event
    const now = this.messages.get(event.message?.id)
    return now?.deletedAt === undefined ? event : { ...event, message: { ...now, seq: event.seq } }
  }

  #message(id: Id): Message {
    const message = this.messages.get(id)
    if (message === undefined) throw new Error(`no message ${id}`)
    return message
  }

  #named(username: string): (User & { password: string }) | null {
    return [...this.users.values()].find((user) => user.username === username) ?? null
  }

  #profile(id: Id): User {
    const user = this.users.get(id)
    if (user === undefined) throw new Error(`no user ${id}`)
    return { id, username: user.username, displayName: user.displayName }
  }

  #id(prefix: string): string {
    this.#nextId += 1
    return `${prefix}${this.#nextId}`
  }
}
