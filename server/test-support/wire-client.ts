import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Cursors, StreamId } from '../../protocol/model/primitives.ts'
import { Push } from '../../protocol/wire/push.ts'
import { type ErrorReply, ReplyEnvelope } from '../../protocol/wire/reply.ts'
import { type Op, REPLIES, type ReplyOf, type RequestOf } from '../../protocol/wire/request.ts'

/** What a test says of a request; id, op and (unless given) key are filled in. */
export type Asked<O extends Op> = Omit<RequestOf<O>, 'id' | 'op' | 'key'> & { key?: string }

/** Thrown when a reply is an error and the test did not ask for it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor(reply: ErrorReply) {
    super(`${reply.error.code}: ${reply.error.message}`)
    this.code = reply.error.code
  }
}

/** The connection ended before the reply came: whether the request took effect is not known. */
export class Cut extends Error {
  override readonly name = 'Cut'
}

export interface OpenOptions {
  readonly cursors?: Cursors
  readonly headers?: Record<string, string>
}

/**
 * One connection of a client that checks what it is sent: every frame against its schema, and every stream for gaps and
 * repeats. It neither retries nor comes back.
 */
export class WireClient {
  readonly socket: WebSocket
  readonly pushes: Push[] = []
  /** Gaps and repeats, in words. */
  readonly anomalies: string[] = []
  readonly #logs = new Map<StreamId, StreamEvent[]>()
  readonly #cursors: Map<StreamId, number>
  readonly #waiting = new Map<number, { resolve: (frame: unknown) => void; cut: () => void }>()
  readonly #looks = new Set<() => void>()
  readonly closed: Promise<number>
  #nextId = 1

  private constructor(url: string, { cursors = {}, headers = {} }: OpenOptions) {
    this.#cursors = new Map(Object.entries(cursors))
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`, { headers })
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
    this.socket.on('message', (data) => this.#take(JSON.parse(String(data))))
    this.socket.on('error', () => this.#look())
    this.socket.on('close', () => {
      for (const { cut } of this.#waiting.values()) cut()
      this.#waiting.clear()
      this.#look()
    })
  }

  /** A socket that has not said hello. */
  static async connect(url: string, options: OpenOptions = {}): Promise<WireClient> {
    const client = new WireClient(url, options)
    await new Promise<void>((resolve, reject) => {
      client.socket.once('open', resolve)
      client.socket.once('error', reject)
    })
    return client
  }

  /** A socket that has said hello and was greeted. */
  static async open(url: string, token: string, options: OpenOptions = {}): Promise<WireClient> {
    const client = await WireClient.connect(url, options)
    await client.hello(token)
    return client
  }

  async hello(token: string): Promise<ReplyOf<'hello'>> {
    const cursors = Object.fromEntries(this.#cursors)
    return await this.ask('hello', { token, device: randomUUID(), cursors })
  }

  /** Asks; the reply, checked against its schema. @throws Refused, Cut */
  async ask<O extends Op>(op: O, asked: Asked<O>): Promise<ReplyOf<O>> {
    const frame = await this.request({ op, key: randomUUID(), ...asked })
    const envelope = ReplyEnvelope.parse(frame)
    if (!envelope.ok) throw new Refused(envelope)
    return REPLIES[op].parse(frame) as ReplyOf<O>
  }

  /** Asks anything at all; the reply as it came. @throws Cut */
  request(fields: object): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, cut: () => reject(new Cut('cut')) })
      this.socket.send(JSON.stringify({ id, ...fields }))
    })
  }

  /** The code that a request is refused with; `ok` if it is not. */
  async codeOf(fields: object): Promise<string> {
    const envelope = ReplyEnvelope.parse(await this.request(fields))
    return envelope.ok ? 'ok' : envelope.error.code
  }

  async send(conversation: string, body: string, key: string = randomUUID()) {
    return await this.ask('send', { conversation, body, key })
  }

  /** Events of a stream, as they came. */
  log(stream: StreamId): readonly StreamEvent[] {
    return this.#logs.get(stream) ?? []
  }

  /** How far each stream has come. */
  get cursors(): Cursors {
    return Object.fromEntries(this.#cursors)
  }

  /** Resolves when `condition` holds; looked at with every frame, and at the end of the socket. */
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

  /** Resolves when the stream has come this far. */
  reached(stream: StreamId, seq: number): Promise<void> {
    return this.until(() => (this.#cursors.get(stream) ?? 0) >= seq)
  }

  /** Ends the connection without a word. */
  async cut(): Promise<void> {
    this.socket.terminate()
    await this.closed
  }

  #take(frame: unknown): void {
    if (typeof frame === 'object' && frame !== null && 're' in frame) {
      const waiting = this.#waiting.get(Number(frame.re))
      if (waiting === undefined) this.anomalies.push(`a reply to nothing: ${frame.re}`)
      this.#waiting.delete(Number(frame.re))
      waiting?.resolve(frame)
    } else {
      const push = Push.parse(frame)
      this.pushes.push(push)
      if (push.push === 'events') for (const event of push.events) this.#record(push.stream, event)
    }
    this.#look()
  }

  #record(stream: StreamId, event: StreamEvent): void {
    const at = this.#cursors.get(stream)
    if (at !== undefined && event.seq !== at + 1) {
      this.anomalies.push(`${stream}: ${event.seq} after ${at}`)
    }
    this.#cursors.set(stream, event.seq)
    const log = this.#logs.get(stream)
    if (log === undefined) this.#logs.set(stream, [event])
    else log.push(event)
  }

  #look(): void {
    for (const look of [...this.#looks]) look()
  }
}
