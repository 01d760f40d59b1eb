import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { type ErrorCode, wireError } from '../../protocol/wire/error.ts'

const RequestFrame = z.looseObject({
  id: z.number(),
  op: z.string(),
  key: z.string().optional(),
  conversation: z.string().optional(),
  token: z.string().optional(),
  device: z.string().optional(),
  body: z.string().optional(),
})
/** A request of the client as it is seen on the line. */
export type RequestFrame = z.infer<typeof RequestFrame>

const ServerFrame = z.union([
  z.looseObject({ re: z.number(), ok: z.boolean() }),
  z.looseObject({ push: z.string() }),
])

/** What becomes of a request: it goes on, nobody ever hears of it, or this error is its answer. */
export type RequestFate =
  | 'pass'
  | 'swallow'
  | { readonly code: ErrorCode; readonly retryAfterMs?: number }

/** A frame of the server: the answer to a request, or a push by its name. */
type AnswerFrame =
  | { readonly kind: 'reply'; readonly to: RequestFrame }
  | { readonly kind: 'push'; readonly push: string }

/** What the line does to frames. */
export interface FrameRules {
  readonly request?: (frame: RequestFrame) => RequestFate
  readonly answer?: (frame: AnswerFrame) => 'pass' | 'swallow'
  /** What the client hears instead of a frame of the server. */
  readonly retell?: (frame: string) => string
  /** Every request reaches the server a second time, over a second connection whose answers nobody reads. */
  readonly duplicate?: true
}

/** A request that came in, and when, in ms of the steady clock. */
export interface Seen {
  readonly at: number
  readonly frame: RequestFrame
}

/**
 * A line to the server that reads the protocol: frame by frame it passes on, swallows, or answers in the server's
 * place. What is swallowed is gone for good, on this connection and on every later one.
 */
export class FrameProxy {
  readonly #target: string
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #open = new Set<WebSocket>()
  #isRefusing = false
  rules: FrameRules = {}
  /** Every request since the start. */
  readonly requests: Seen[] = []
  /** Requests whose answer was swallowed. */
  readonly unheard: RequestFrame[] = []
  /** Requests whose answer was passed on. */
  readonly answered: RequestFrame[] = []

  private constructor(target: string) {
    this.#target = target
    this.#http = createServer((incoming, outgoing) => this.#forward(incoming, outgoing))
    this.#sockets = new WebSocketServer({
      server: this.#http,
      perMessageDeflate: false,
      verifyClient: () => !this.#isRefusing,
    })
    this.#sockets.on('connection', (client) => this.#carry(client))
  }

  /** Starts a line to the server at this address. */
  static async start(target: string): Promise<FrameProxy> {
    const proxy = new FrameProxy(target)
    proxy.#http.listen(0, '127.0.0.1')
    await once(proxy.#http, 'listening')
    return proxy
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** The token of the last hello. */
  get token(): string {
    const token = this.requests.findLast(({ frame }) => frame.op === 'hello')?.frame.token
    if (token === undefined) throw new Error('nobody has said hello yet')
    return token
  }

  /** Every transmission of requests of this kind, in one conversation if that is given. */
  transmissions(op: string, conversation?: string): Seen[] {
    return this.requests.filter(
      ({ frame }) =>
        frame.op === op && (conversation === undefined || frame.conversation === conversation),
    )
  }

  /** Cuts every connection that is open; new ones are carried. */
  cut(): void {
    for (const socket of this.#open) socket.terminate()
  }

  /** Cuts every connection, and refuses new ones. */
  refuse(): void {
    this.#isRefusing = true
    this.cut()
  }

  /** Carries everything again, as it comes. */
  restore(): void {
    this.#isRefusing = false
    this.rules = {}
  }

  async stop(): Promise<void> {
    this.cut()
    this.#sockets.close()
    this.#http.close()
    this.#http.closeAllConnections()
    await once(this.#http, 'close')
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url = '/' } = incoming
    const onward = request(new URL(url, this.#target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }

  #carry(client: WebSocket): void {
    const pairs = new Map<number, RequestFrame>()
    const server = this.#upstream(client)
    const shadow = this.rules.duplicate === true ? this.#upstream(client) : null
    server.socket.on('message', (data) => this.#answer(client, pairs, data))
    server.socket.on('close', (code, reason) => closeAs(client, code, reason))
    this.#open.add(client)
    client.on('error', () => client.terminate())
    client.on('message', (data) => {
      const frame = RequestFrame.parse(JSON.parse(String(data)))
      pairs.set(frame.id, frame)
      this.requests.push({ at: performance.now(), frame })
      const fate = this.rules.request?.(frame) ?? 'pass'
      if (fate === 'swallow') return
      if (fate === 'pass') {
        server.send(String(data))
        shadow?.send(String(data))
        return
      }
      const { code, ...extra } = fate
      client.send(JSON.stringify({ re: frame.id, ok: false, error: wireError(code, code, extra) }))
    })
    client.on('close', () => {
      this.#open.delete(client)
      server.socket.terminate()
      shadow?.socket.terminate()
    })
  }

  /** A connection to the server that keeps what is sent until it is open. */
  #upstream(client: WebSocket): { socket: WebSocket; send(text: string): void } {
    const socket = new WebSocket(`${this.#target.replace('http', 'ws')}/v1/socket`, {
      perMessageDeflate: false,
    })
    const early: string[] = []
    socket.on('open', () => {
      for (const text of early.splice(0)) socket.send(text)
    })
    socket.on('error', () => client.terminate())
    return {
      socket,
      send: (text) => {
        if (socket.readyState === WebSocket.CONNECTING) early.push(text)
        else socket.send(text)
      },
    }
  }

  #answer(client: WebSocket, pairs: Map<number, RequestFrame>, data: RawData): void {
    const frame = ServerFrame.parse(JSON.parse(String(data)))
    const to = 're' in frame ? pairs.get(Number(frame.re)) : undefined
    const seen: AnswerFrame | null =
      to !== undefined
        ? { kind: 'reply', to }
        : 'push' in frame
          ? { kind: 'push', push: String(frame.push) }
          : null
    const swallowed = seen !== null && this.rules.answer?.(seen) === 'swallow'
    if (to !== undefined) (swallowed ? this.unheard : this.answered).push(to)
    if (swallowed || client.readyState !== WebSocket.OPEN) return
    client.send(this.rules.retell?.(String(data)) ?? String(data))
  }
}

/** Ends a connection as the server did; codes that must not travel become a cut. */
function closeAs(client: WebSocket, code: number, reason: Buffer): void {
  if (code === 1005 || code === 1006) client.terminate()
  else client.close(code, reason)
}
