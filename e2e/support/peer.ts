import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { type CreateAccountRequest, Session } from '../../protocol/http/accounts.ts'
import { MAX_EVENTS_PAGE } from '../../protocol/limits.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { User } from '../../protocol/model/user.ts'
import { Push } from '../../protocol/wire/push.ts'
import { ReplyEnvelope } from '../../protocol/wire/reply.ts'
import { type Op, REPLIES, type ReplyOf, type RequestOf } from '../../protocol/wire/request.ts'
import { PASSWORD } from './bootstrap.ts'

/** What a test says of a request; id, op and (unless given) key are filled in. */
type Asked<O extends Op> = Omit<RequestOf<O>, 'id' | 'op' | 'key'> & { key?: string }

export interface PeerOptions {
  readonly serverUrl: string
  readonly username: string
  /** `new`: the account is made first. */
  readonly account: 'new' | 'existing'
  /** Of a new one; else it is the username. */
  readonly displayName?: string
  /** The id that the device says hello with. */
  readonly device?: string
}

/**
 * A person at a light client of the contract, straight at the server: it writes down every event that it is sent, and
 * what is wrong about their numbers. It neither retries nor comes back.
 */
export class Peer {
  readonly user: User
  readonly token: string
  readonly serverUrl: string
  /** Gaps and repeats in the streams, in words. */
  readonly anomalies: string[] = []
  readonly #socket: WebSocket
  readonly #logs = new Map<StreamId, StreamEvent[]>()
  readonly #waiting = new Map<number, (frame: unknown) => void>()
  readonly #looks = new Set<() => void>()
  #nextId = 1

  private constructor(session: Session, serverUrl: string, socket: WebSocket) {
    this.user = session.user
    this.token = session.token
    this.serverUrl = serverUrl
    this.#socket = socket
    socket.on('message', (data) => this.#take(JSON.parse(String(data))))
  }

  /** Signs in and says hello. */
  static async connect(options: PeerOptions): Promise<Peer> {
    const { serverUrl, username, account, displayName = username, device = randomUUID() } = options
    const session =
      account === 'new'
        ? await post(serverUrl, '/v1/accounts', {
            username,
            displayName,
            password: PASSWORD,
          })
        : await post(serverUrl, '/v1/sessions', { username, password: PASSWORD })
    const socket = new WebSocket(`${serverUrl.replace('http', 'ws')}/v1/socket`)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    // A server that is stopped in a test ends this connection too; what counts was written down before.
    socket.on('error', () => socket.terminate())
    const peer = new Peer(session, serverUrl, socket)
    await peer.ask('hello', { token: session.token, device, cursors: {} })
    return peer
  }

  /** Asks; the reply, checked against its schema. Rejects with the code of a refusal. */
  async ask<O extends Op>(op: O, asked: Asked<O>): Promise<ReplyOf<O>> {
    const frame = await new Promise<unknown>((resolve) => {
      const id = this.#nextId++
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, op, key: randomUUID(), ...asked }))
    })
    const envelope = ReplyEnvelope.parse(frame)
    if (!envelope.ok) throw new Error(`${op}: ${envelope.error.code} ${envelope.error.message}`)
    return REPLIES[op].parse(frame) as ReplyOf<O>
  }

  /** Makes a group with the people of these names, and answers its id. */
  async createGroup(title: string, usernames: readonly string[]): Promise<Id> {
    const members: Id[] = []
    for (const username of usernames) {
      const { users } = await this.ask('users.find', { query: username })
      const user = users.find((found) => found.username === username)
      if (user === undefined) throw new Error(`The server knows nobody called ${username}`)
      members.push(user.id)
    }
    const { conversation } = await this.ask('conversation.create', {
      kind: 'group',
      title,
      members,
    })
    return conversation.id
  }

  /** Events of a stream, as they came over the socket. */
  events(stream: StreamId): readonly StreamEvent[] {
    return this.#logs.get(stream) ?? []
  }

  /** The messages of a conversation as they arrived over the socket. */
  received(conversation: Id): readonly Message[] {
    return this.events(conversation).flatMap((event) =>
      event.type === 'message.created' ? [event.message] : [],
    )
  }

  /** Texts of the messages that arrived over the socket. */
  bodies(conversation: Id): string[] {
    return this.received(conversation).map(({ body }) => body ?? '')
  }

  /** Texts of all messages of a conversation in their state now, as the server has them, oldest first. */
  async stored(conversation: Id): Promise<string[]> {
    const bodies: string[] = []
    for (let before: number | undefined; ; ) {
      const { messages } = await this.ask('history', {
        conversation,
        limit: 200,
        ...(before === undefined ? {} : { before }),
      })
      bodies.unshift(...messages.map(({ body }) => body ?? '').reverse())
      before = messages.at(-1)?.seq
      if (before === undefined) return bodies
    }
  }

  /** Every event of a stream from its beginning, as the server has them. */
  async replay(stream: StreamId): Promise<StreamEvent[]> {
    const all: StreamEvent[] = []
    while (true) {
      const after = all.at(-1)?.seq ?? 0
      const { events } = await this.ask('events', { stream, after, limit: MAX_EVENTS_PAGE })
      if (events.length === 0) return all
      all.push(...events)
    }
  }

  /** Resolves when `condition` holds; it is looked at with every push that arrives. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return
        this.#looks.delete(look)
        resolve()
      }
      this.#looks.add(look)
      look()
    })
  }

  close(): void {
    this.#socket.terminate()
  }

  #take(frame: unknown): void {
    if (typeof frame === 'object' && frame !== null && 're' in frame) {
      const id = Number(frame.re)
      this.#waiting.get(id)?.(frame)
      this.#waiting.delete(id)
      return
    }
    const push = Push.parse(frame)
    if (push.push !== 'events') return
    for (const event of push.events) this.#record(push.stream, event)
    for (const look of [...this.#looks]) look()
  }

  #record(stream: StreamId, event: StreamEvent): void {
    const log = this.#logs.get(stream) ?? []
    this.#logs.set(stream, log)
    const last = log.at(-1)
    if (last !== undefined && event.seq !== last.seq + 1) {
      this.anomalies.push(`${stream}: ${event.seq} after ${last.seq}`)
    }
    log.push(event)
  }
}

/** Ends the session of a token, as another device of the same person would. */
export async function endSession(serverUrl: string, token: string): Promise<void> {
  const response = await fetch(`${serverUrl}/v1/sessions`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  if (response.status !== 204) throw new Error(`signing out was answered with ${response.status}`)
}

async function post(
  serverUrl: string,
  path: string,
  body: Partial<CreateAccountRequest>,
): Promise<Session> {
  const response = await fetch(serverUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return Session.parse(await response.json())
}
