import { rawText, streamOf } from '../../../protocol/model/received.ts'
import { wireError } from '../../../protocol/wire/error.ts'
import type { Op } from '../../../protocol/wire/request.ts'
import { readFrame, readReply } from '../../net/frame.ts'
import type { ConnectionState } from '../../sync/connection.ts'
import type {
  Misfit,
  Outcome,
  RequestBody,
  Transport,
  TransportFactory,
  TransportListener,
  TransportSession,
} from '../../sync/transport.ts'
import type { Answer } from './fake-answer.ts'
import type { FakeServer, FakeSocket } from './fake-server.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What befalls a request on its way; `swallow`: it arrives, its answer does not; `raw`: it is answered with this. */
export type Fate = 'pass' | 'swallow' | 'lose' | Answer | { readonly raw: object }

/** Time between two tries, in ms. */
const RECONNECT_MS = 1_000

/** The way between a client and the fake server, to be cut and disturbed. */
export class FakeLine {
  readonly server: FakeServer
  readonly time: VirtualTime
  /** Whether a connection can be made; cutting it ends the one there is. */
  isUp = true
  /** Decides what befalls each request. */
  fate: (request: RequestBody) => Fate = () => 'pass'
  /** A half-open line: nothing comes back, and nobody knows. */
  isMute = false
  /** The server needs a newer client. */
  isOutdated = false
  /** Addresses that were connected to. */
  readonly addresses: string[] = []
  paused = 0
  #transport: FakeTransport | null = null

  constructor(server: FakeServer, time: VirtualTime) {
    this.server = server
    this.time = time
  }

  readonly factory: TransportFactory = (listener) => {
    this.#transport = new FakeTransport(this, listener)
    return this.#transport
  }

  /** Ends the connection, and refuses new ones until `up`. */
  down(): void {
    this.isUp = false
    this.#transport?.lose()
  }

  up(): void {
    this.isUp = true
  }

  /** The client is gone at once: it hears nothing any more. */
  forget(): void {
    this.#transport?.forget()
    this.#transport = null
  }

  /** The client hears this text, whatever it is. */
  hear(text: string): void {
    this.#transport?.hear(text)
  }

  /** Pushes something to the client, as the server would. */
  get socket(): FakeSocket | null {
    return this.#transport?.socket ?? null
  }
}

class FakeTransport implements Transport {
  readonly #line: FakeLine
  readonly #listener: TransportListener
  #session: TransportSession | null = null
  #cancelTry: () => void = () => undefined
  #failPending: (() => void)[] = []
  socket: FakeSocket | null = null

  constructor(line: FakeLine, listener: TransportListener) {
    this.#line = line
    this.#listener = listener
  }

  start(session: TransportSession): void {
    queueMicrotask(() => {
      this.drop(null)
      this.#session = session
      this.#try()
    })
  }

  stop(): void {
    queueMicrotask(() => {
      this.#session = null
      this.drop(null)
      this.#tell({ status: 'stopped' })
    })
  }

  tryNow(): void {
    queueMicrotask(() => {
      if (this.socket === null) this.#try()
    })
  }

  reconnect(): void {
    queueMicrotask(() => {
      this.drop(null)
      this.#try()
    })
  }

  async request<O extends Op>(body: RequestBody<O>): Promise<Outcome<O>> {
    const { socket } = this
    const op: O = body.op as O
    if (socket === null) return cut(op, 'unreachable')
    const fate = this.#line.fate(body)
    // The frame is on its way for one turn of the loop.
    await new Promise<void>((resolve) => this.#line.time.defer(resolve))
    if (fate === 'lose' || this.socket !== socket) return this.#never(op, socket)
    if (typeof fate === 'object' && 'raw' in fate) return this.#read(op, fate.raw)
    const answer = typeof fate === 'object' ? fate : this.#line.server.take(socket.user, body)
    if (fate === 'swallow' || this.#line.isMute || this.socket !== socket)
      return this.#never(op, socket)
    if (!answer.ok) return { ok: false, op, failure: answer.failure } as unknown as Outcome<O>
    return this.#read(op, { re: 1, ok: true, ...answer.reply })
  }

  pause(): void {
    this.#line.paused += 1
  }

  resume(): void {
    this.#line.paused -= 1
  }

  /** Ends the connection, and tells nobody. */
  forget(): void {
    this.#session = null
    if (this.socket !== null) this.#line.server.sockets.delete(this.socket)
    this.socket = null
    this.#failPending = []
  }

  /** Ends the connection, and tries to make another one. */
  lose(): void {
    if (this.socket === null) return
    this.drop(null)
    this.#waitAndTry()
  }

  /** Ends the connection. */
  drop(closeCode: number | null): void {
    this.#cancelTry()
    const { socket } = this
    if (socket === null) return
    this.socket = null
    this.#line.server.sockets.delete(socket)
    const pending = this.#failPending
    this.#failPending = []
    for (const fail of pending) fail()
    this.#listener.lost('cut', closeCode)
  }

  #never<O extends Op>(op: O, socket: FakeSocket): Promise<Outcome<O>> {
    if (this.socket !== socket) return Promise.resolve(cut(op, 'cut'))
    return new Promise((resolve) => this.#failPending.push(() => resolve(cut(op, 'cut'))))
  }

  #try(): void {
    this.#cancelTry()
    const session = this.#session
    if (session === null) return
    this.#tell({ status: 'connecting', failures: 0 })
    this.#line.addresses.push(session.serverUrl)
    if (!this.#line.isUp) {
      this.#waitAndTry()
      return
    }
    if (this.#line.isOutdated) {
      this.#tell({ status: 'outdated' })
      return
    }
    const greeting = this.#line.server.hello(session.token, this.#listener.cursors())
    if (greeting === null) {
      this.#session = null
      this.#tell({ status: 'signed-out' })
      return
    }
    const { reply, backlog } = greeting
    const socket: FakeSocket = {
      user: reply.user.id,
      push: (push) => {
        if (this.#line.isMute) return
        queueMicrotask(() => this.socket === socket && this.#pushed(push))
      },
      close: (closeCode) => {
        this.drop(closeCode)
        if (closeCode === 4401) {
          this.#session = null
          this.#tell({ status: 'signed-out' })
        } else this.#waitAndTry()
      },
    }
    this.socket = socket
    this.#line.server.sockets.add(socket)
    this.#tell({ status: 'online', failures: 0, sinceMs: this.#line.time.monotonic() })
    this.#listener.greeted(reply)
    for (const push of backlog) socket.push(push)
  }

  /** Reads as the real transport does: what it takes has been JSON, and what does not fit is told. */
  #pushed(push: object): void {
    this.hear(JSON.stringify(push))
  }

  hear(text: string): void {
    const frame = readFrame(text)
    if (frame.kind === 'push') this.#listener.pushed(frame.push)
    else if (frame.kind === 'misfit') this.#misfit('push', frame.name, frame.value)
  }

  #read<O extends Op>(op: O, reply: object): Outcome<O> {
    const value: object = JSON.parse(JSON.stringify(reply))
    const read = readReply(op, value)
    if (read.kind === 'ok') return { ok: true, op, reply: read.reply } as unknown as Outcome<O>
    if (read.kind === 'error') {
      const failure = { kind: 'answered', error: read.error }
      return { ok: false, op, failure } as unknown as Outcome<O>
    }
    this.#misfit('reply', op, value)
    const error = wireError('internal', 'The answer does not fit the protocol.')
    return { ok: false, op, failure: { kind: 'answered', error } } as unknown as Outcome<O>
  }

  #misfit(kind: Misfit['kind'], name: string, value: object): void {
    this.#listener.misfit({ kind, name, stream: streamOf(value), raw: rawText(value) })
  }

  #waitAndTry(): void {
    const { time } = this.#line
    const retryAtMs = time.monotonic() + RECONNECT_MS
    this.#tell({ status: 'offline', failures: 1, reason: 'refused', retryAtMs })
    this.#cancelTry = time.set(RECONNECT_MS, () => this.#try())
  }

  #tell(state: ConnectionState): void {
    this.#listener.connectionChanged(state)
  }
}

function cut<O extends Op>(op: O, reason: 'cut' | 'unreachable'): Outcome<O> {
  return { ok: false, op, failure: { kind: 'network', reason } } as unknown as Outcome<O>
}
