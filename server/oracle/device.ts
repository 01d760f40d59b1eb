import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Session } from '../../protocol/http/accounts.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { WireError } from '../../protocol/wire/error.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import { Push } from '../../protocol/wire/push.ts'
import { ReplyEnvelope } from '../../protocol/wire/reply.ts'
import { DeviceLog } from './device-log.ts'
import type { Change } from './operation-mix.ts'

/** Waits of the model's own, in ms: a client that hears nothing for this long comes back. */
const ANSWER_MS = 10_000
const RECONNECT_MS = 100
const RETRY_MS = 200

/** A change in the outbox: sent again under the same key until it is answered for good. */
export interface Pending {
  readonly key: string
  readonly change: Change
  /** Changes of one lane take effect in the order they were made [O3]. */
  readonly lane: string
  state: 'waiting' | 'sent'
  /** How often it was sent: what was heard of an earlier time is of no interest. */
  times: number
}

/** A change that the server said yes to. */
export interface Acknowledged {
  readonly key: string
  readonly change: Change
  readonly lane: string
  readonly seq: number
  readonly duplicate: boolean
}

/**
 * A client of the model: keeps every event that it is sent, resends what was not answered, comes back from its
 * cursors on whichever node is next. It believes nothing: what breaks the protocol's promises is written down.
 */
export class Device {
  readonly user: string
  readonly log: DeviceLog
  readonly acknowledged: Acknowledged[] = []
  readonly refused: { readonly change: Change; readonly key: string; readonly code: string }[] = []
  readonly violations: string[] = []
  readonly counts = { connections: 0, cuts: 0, duplicates: 0, retryable: 0 }
  readonly #session: Session
  readonly #nodes: readonly string[]
  readonly #name = randomUUID()
  readonly #said: () => void
  #turn: number
  #socket: WebSocket | null = null
  #live = false
  #outbox: Pending[] = []
  readonly #submitted: string[] = []
  #requests = new Map<number, (reply: ReplyEnvelope) => void>()
  #nextId = 1
  #watch: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: {
    readonly session: Session
    readonly nodes: readonly string[]
    readonly conversations: readonly string[]
    /** The node it begins with. */
    readonly first: number
    /** Called whenever something happened. */
    readonly said: () => void
  }) {
    this.#session = options.session
    this.user = options.session.user.id
    this.#nodes = options.nodes
    this.#turn = options.first
    this.#said = options.said
    this.log = new DeviceLog(this.user, options.conversations)
    this.#connect()
  }

  /** What was acknowledged, in the order in which it was submitted. */
  sentInOrder(): Acknowledged[] {
    const byKey = new Map(this.acknowledged.map((done) => [done.key, done]))
    return this.#submitted.flatMap((key) => byKey.get(key) ?? [])
  }

  get waiting(): number {
    return this.#outbox.length
  }

  get live(): boolean {
    return this.#live
  }

  /** Takes a change into the outbox and sends it when it can. */
  submit(change: Change, lane: string): void {
    const key = randomUUID()
    this.#submitted.push(key)
    this.#outbox.push({ key, change, lane, state: 'waiting', times: 0 })
    this.#flush()
  }

  /** The connection breaks without a word. */
  cut(): void {
    this.counts.cuts += 1
    this.#socket?.terminate()
  }

  close(): void {
    this.#closed = true
    this.#stopWatch()
    this.#socket?.terminate()
  }

  #connect(): void {
    if (this.#closed) return
    const url = this.#nodes[this.#turn % this.#nodes.length] ?? ''
    this.#turn += 1
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`)
    this.#socket = socket
    this.#watchFor(socket)
    socket.on('open', () => this.#hello(socket))
    socket.on('message', (data) => {
      if (socket === this.#socket) this.#onFrame(String(data))
    })
    // A refused connection is what a killed node looks like; `close` follows.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (socket !== this.#socket) return
      this.#socket = null
      this.#live = false
      this.#stopWatch()
      this.#requests.clear()
      for (const pending of this.#outbox) pending.state = 'waiting'
      this.#said()
      setTimeout(() => this.#connect(), RECONNECT_MS)
    })
  }

  #hello(socket: WebSocket): void {
    this.counts.connections += 1
    const { token } = this.#session
    const hello = { op: 'hello', token, device: this.#name, cursors: this.log.cursors() }
    this.#ask(hello, (reply) => {
      if (!reply.ok) {
        socket.terminate()
        return
      }
      this.#live = true
      this.#flush()
      this.#said()
    })
  }

  #ask(request: object, answered: (reply: ReplyEnvelope) => void): void {
    const id = this.#nextId++
    this.#requests.set(id, answered)
    this.#socket?.send(JSON.stringify({ id, ...request }))
  }

  #flush(): void {
    if (!this.#live) return
    const lastOfLane = new Map<string, string>()
    for (const pending of this.#outbox) {
      const after = lastOfLane.get(pending.lane) ?? this.#settledInLane(pending.lane)
      lastOfLane.set(pending.lane, pending.key)
      if (pending.state === 'waiting') this.#transmit(pending, after)
    }
  }

  #settledInLane(lane: string): string | undefined {
    return this.acknowledged.findLast((done) => done.lane === lane)?.key
  }

  #transmit(pending: Pending, after: string | undefined): void {
    pending.state = 'sent'
    pending.times += 1
    const request = { ...pending.change, key: pending.key, ...(after !== undefined && { after }) }
    this.#ask(request, (reply) => this.#answered(pending, reply))
  }

  #answered(pending: Pending, reply: ReplyEnvelope): void {
    if (reply.ok) {
      const { seq, duplicate: repeated } = reply
      if (typeof seq !== 'number')
        this.violations.push(`an answer to ${pending.change.op} has no seq`)
      const duplicate = repeated === true
      if (duplicate) this.counts.duplicates += 1
      this.#settle(pending)
      const { key, change, lane } = pending
      this.acknowledged.push({ key, change, lane, seq: Number(seq), duplicate })
    } else this.#failed(pending, reply.error)
    this.#flush()
    this.#said()
  }

  #failed(pending: Pending, error: WireError): void {
    if (classifyFailure({ kind: 'answered', error }) === 'permanent') {
      this.#settle(pending)
      this.refused.push({ key: pending.key, change: pending.change, code: error.code })
      return
    }
    this.counts.retryable += 1
    if (error.code === 'internal') this.violations.push(`internal: ${error.message}`)
    const { times } = pending
    setTimeout(() => {
      if (pending.times !== times) return
      pending.state = 'waiting'
      this.#flush()
    }, error.retryAfterMs ?? RETRY_MS)
  }

  #settle(pending: Pending): void {
    this.#outbox = this.#outbox.filter((other) => other !== pending)
  }

  #onFrame(text: string): void {
    if (this.#socket !== null) this.#watchFor(this.#socket)
    const frame: unknown = JSON.parse(text)
    const reply = ReplyEnvelope.safeParse(frame)
    if (reply.success) {
      const answered = this.#requests.get(reply.data.re)
      if (answered === undefined) this.violations.push(`a reply to nothing: ${reply.data.re}`)
      this.#requests.delete(reply.data.re)
      answered?.(reply.data)
      return
    }
    const push = Push.safeParse(frame)
    if (!push.success) {
      this.violations.push(`neither reply nor push: ${text.slice(0, 200)}`)
      return
    }
    if (push.data.push === 'events') this.#take(push.data.stream, push.data.events)
    this.#said()
  }

  #take(stream: string, events: readonly StreamEvent[]): void {
    const problem = this.log.take(stream, events)
    if (problem !== null) this.violations.push(problem)
  }

  /** Every frame begins a new wait; the server pings and tells heads, so silence is a broken line. */
  #watchFor(socket: WebSocket): void {
    this.#stopWatch()
    this.#watch = setTimeout(() => socket.terminate(), ANSWER_MS)
  }

  #stopWatch(): void {
    if (this.#watch !== null) clearTimeout(this.#watch)
    this.#watch = null
  }
}
