import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { wireError } from '../../protocol/wire/error.ts'
import type { Door } from '../http/door.ts'
import { Connection, type ConnectionContext } from './connection.ts'
import { MAX_SOCKETS } from './limits.ts'
import { passOver } from './pass-over.ts'
import { toShed } from './shed.ts'
import { SpeakingSocket } from './speaking-socket.ts'

const SOCKET_PATH = '/v1/socket'
/** Every connection is looked at this often, in ms. */
const LOOK_EVERY_MS = 1_000
/** How long one who was told to close has to read what waits for it, in ms; then it is cut. */
const CLOSING_MS = 60_000
/** How long clients get to hear the goodbye of a server that stops, in ms. */
const GOODBYE_MS = 800

const SOCKET_OPTIONS = {
  WebSocket: SpeakingSocket,
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  closeTimeout: CLOSING_MS,
}

export interface SocketServerContext extends ConnectionContext {
  readonly door: Door
  /** Bytes that may wait for all sockets together. */
  readonly maxWaitingBytes: number
}

/** The sockets of this node. */
export class SocketServer {
  readonly #context: SocketServerContext
  readonly #http: Server
  readonly #wss = new WebSocketServer(SOCKET_OPTIONS)
  readonly #connections = new Set<Connection>()
  readonly #stopLooking: () => void
  #made = 0
  #state: 'open' | 'stopping' = 'open'
  #onEmpty: () => void = () => undefined

  constructor(http: Server, context: SocketServerContext) {
    this.#context = context
    this.#http = http
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#stopLooking = context.timing.every(LOOK_EVERY_MS, () => {
      for (const connection of this.#connections) connection.look()
      this.#shed()
    })
  }

  /** Takes no more, answers what was taken, says goodbye [V11]. Bounded by `patienceMs` and a second. */
  async stop(patienceMs: number): Promise<void> {
    this.#state = 'stopping'
    this.#stopLooking()
    const connections = [...this.#connections]
    await this.#within(patienceMs, Promise.all(connections.map((each) => each.stop())))
    const error = wireError('unavailable', 'The server restarts: come back in a moment.')
    for (const connection of connections) connection.close(CloseCode.serviceRestart, error)
    if (this.#connections.size > 0) {
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve
      })
      await this.#within(GOODBYE_MS, empty)
    }
    for (const connection of this.#connections) connection.terminate()
  }

  /** Keeps what waits for all together under its bound [V7]. */
  #shed(): void {
    const { log, maxWaitingBytes } = this.#context
    const heaviest = toShed(this.#connections, ({ waiting }) => waiting, maxWaitingBytes)
    if (heaviest.length === 0) return
    log.warn({ connections: heaviest.length }, 'too much waits to be read: the heaviest are closed')
    for (const connection of heaviest) connection.shed()
  }

  #within(ms: number, work: Promise<unknown>): Promise<unknown> {
    return Promise.race([
      work,
      new Promise<void>((resolve) => this.#context.timing.later(resolve, ms)),
    ])
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      passOver(this.#http, request, socket, head)
      return
    }
    socket.on('error', (err) => this.#context.log.debug({ err }, 'socket failed'))
    const refusal = this.#refusal(request)
    if (refusal !== null) {
      // Not left to the peer, who may never end its side: no timeout watches a socket that asked for an upgrade.
      socket.once('finish', () => socket.destroy())
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      // Replies and pushes are small and wait for nobody: a turn's worth leaves at once.
      request.socket.setNoDelay(true)
      this.#made++
      const { network } = this.#context.door.visitor(request)
      const connection = new Connection(this.#made, ws, request.socket, network, this.#context)
      const hear = (chunk: Buffer) => {
        if (!connection.heard(chunk.length)) request.socket.off('data', hear)
      }
      request.socket.on('data', hear)
      this.#connections.add(connection)
      this.#context.metrics.opened()
      ws.on('close', (code) => {
        this.#connections.delete(connection)
        this.#context.metrics.closed(code)
        if (this.#connections.size === 0) this.#onEmpty()
      })
    })
  }

  #refusal(request: IncomingMessage): string | null {
    if (this.#context.door.refusal(request) !== null) return '403 Forbidden'
    const [path] = (request.url ?? '').split('?')
    if (path !== SOCKET_PATH) return '404 Not Found'
    if (this.#state === 'stopping' || this.#connections.size >= MAX_SOCKETS) {
      return '503 Service Unavailable'
    }
    return null
  }
}
