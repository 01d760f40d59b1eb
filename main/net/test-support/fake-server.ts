import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Told } from './told.ts'

/** A request as it came, with the socket to answer on. */
export interface Asked {
  readonly socket: WebSocket
  readonly request: { readonly id: number; readonly op: string } & Record<string, unknown>
  reply(fields: object): void
}

/** What a fake server does with a request; nothing when it leaves it. */
export type Behaviour = (asked: Asked) => void

/** A WebSocket server that does as the test says. It greets by itself unless told otherwise. */
export class FakeServer {
  readonly asked = new Told<Asked>()
  readonly connected = new Told<WebSocket>()
  behaviour: Behaviour = () => undefined
  hello: object | null = { heads: {} }
  readonly #http: Server
  readonly #sockets: WebSocketServer

  private constructor(http: Server) {
    this.#http = http
    this.#sockets = new WebSocketServer({ server: http, path: '/v1/socket', autoPong: false })
    this.#sockets.on('connection', (socket) => this.#accept(socket))
  }

  static async start(port = 0): Promise<FakeServer> {
    const http = createServer()
    const server = new FakeServer(http)
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  push(frame: object): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify(frame))
  }

  #accept(socket: WebSocket): void {
    this.connected.add(socket)
    socket.on('message', (data) => {
      const request = JSON.parse(String(data))
      const reply = (fields: object): void =>
        socket.send(JSON.stringify({ re: request.id, ok: true, ...fields }))
      const asked: Asked = { socket, request, reply }
      if (request.op === 'hello' && this.hello !== null) reply({ ...GREETING, ...this.hello })
      else this.behaviour(asked)
      this.asked.add(asked)
    })
  }
}

const GREETING = {
  user: { id: 'me', username: 'me', displayName: 'Me' },
  server: { version: '1', editWindowMs: 900_000, maxBodyBytes: 16_384 },
}
