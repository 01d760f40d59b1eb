import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { BytePump } from './byte-pump.ts'
import type { FaultMode } from './fault-mode.ts'

interface Line {
  readonly client: Socket
  readonly server: Socket
  readonly pumps: readonly BytePump[]
}

/**
 * A TCP line between the app and the server on which anything can go wrong. It listens on loopback on a port of its
 * own, which it keeps over all faults; nothing in it knows the protocol.
 */
export class FaultProxy {
  readonly #listener: Server
  readonly #lines = new Set<Line>()
  #target: number
  #mode: FaultMode = { kind: 'pass' }
  /** Connections that were asked for since the start, refused ones included. */
  attempts = 0
  /** Connections that were carried since the start. */
  carried = 0
  readonly bytes = { toServer: 0, toClient: 0 }

  private constructor(listener: Server, target: number) {
    this.#listener = listener
    this.#target = target
    listener.on('connection', (client) => this.#accept(client))
  }

  /** Starts a line to this port of this machine. */
  static async start(targetPort: number): Promise<FaultProxy> {
    const listener = createServer({ allowHalfOpen: true })
    const proxy = new FaultProxy(listener, targetPort)
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return proxy
  }

  get url(): string {
    const { port } = this.#listener.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#lines.size
  }

  /** New connections go to another port: the server was started anew. */
  retarget(port: number): void {
    this.#target = port
  }

  /** Everything passes again; lines that lost bytes stay dead. */
  restore(): void {
    this.#setMode({ kind: 'pass' })
  }

  /** Resets every connection, and every new one, until restored. */
  cut(): void {
    this.#setMode({ kind: 'cut' })
    this.resetAll()
  }

  mute(): void {
    this.#setMode({ kind: 'mute' })
  }

  blackHole(): void {
    this.#setMode({ kind: 'black-hole' })
  }

  freeze(): void {
    this.#setMode({ kind: 'freeze' })
  }

  slow(bytesPerSecond: number): void {
    this.#setMode({ kind: 'slow', bytesPerSecond })
  }

  /** Resets the connections that are open now; new ones are treated as the mode says. */
  resetAll(): void {
    for (const line of [...this.#lines]) this.#drop(line)
  }

  async stop(): Promise<void> {
    this.resetAll()
    this.#listener.close()
    await once(this.#listener, 'close')
  }

  #setMode(mode: FaultMode): void {
    this.#mode = mode
    for (const { pumps } of this.#lines) for (const pump of pumps) pump.setMode(mode)
  }

  #accept(client: Socket): void {
    this.attempts += 1
    // A reset is what a client expects of a broken line; without a listener it would end the test run.
    client.on('error', () => client.destroy())
    if (this.#mode.kind === 'cut') {
      client.resetAndDestroy()
      return
    }
    this.carried += 1
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    const line: Line = {
      client,
      server,
      pumps: [
        new BytePump(client, server, 'to-server', this.#mode, (bytes) => {
          this.bytes.toServer += bytes
        }),
        new BytePump(server, client, 'to-client', this.#mode, (bytes) => {
          this.bytes.toClient += bytes
        }),
      ],
    }
    this.#lines.add(line)
    server.on('error', () => this.#endOf(line, client))
    server.once('close', () => this.#endOf(line, client))
    client.once('close', () => this.#endOf(line, server))
  }

  /** One side is gone: so is the other, unless nobody is to hear of it. */
  #endOf(line: Line, other: Socket): void {
    if (this.#mode.kind === 'black-hole') return
    if (!other.destroyed && !other.writableEnded) other.resetAndDestroy()
    if (line.client.destroyed && line.server.destroyed) this.#forget(line)
  }

  #drop(line: Line): void {
    line.client.resetAndDestroy()
    line.server.resetAndDestroy()
    this.#forget(line)
  }

  #forget(line: Line): void {
    for (const pump of line.pumps) pump.stop()
    this.#lines.delete(line)
  }
}
