import type { Random } from '../sync/clock.ts'
import { type ConnectionInput, type ConnectionState, stepConnection } from '../sync/connection.ts'
import type { Transport, TransportSession } from '../sync/transport.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import type { BundledServer, Clock, Logger, Timers } from './ports.ts'

/** Where to connect: an address, or the server on this computer, whose address is known once it runs. */
export type ConnectorTarget =
  | ({ readonly kind: 'remote' } & TransportSession)
  | ({ readonly kind: 'bundled' } & Omit<TransportSession, 'serverUrl'>)

export interface ConnectorPorts {
  readonly transport: Pick<Transport, 'start' | 'stop' | 'tryNow' | 'reconnect'>
  readonly bundledServer: BundledServer
  readonly clock: Clock
  readonly timers: Pick<Timers, 'set'>
  readonly random: Random
  readonly logger: Logger
  /** The connection changed, as the user sees it. */
  readonly changed: (state: ConnectionState) => void
  /** The server on this computer runs, at this address. */
  readonly hosted: (url: string) => void
  /** The server on this computer ended by itself, and is started again. */
  readonly restarted: () => void
}

/**
 * The way to the server: for the bundled one in two stages, its process first, then the line. Both wait by the same
 * rules between tries [S5], and show the same countdown.
 */
export class Connector {
  readonly #ports: ConnectorPorts
  readonly #timer: DeadlineTimer
  #target: ConnectorTarget | null = null
  #state: ConnectionState = { status: 'stopped' }
  /** The state of the first stage, while it lasts. */
  #hosting: ConnectionState | null = null
  /** Of a start of the process that is under way; an answer to an older one no longer counts. */
  #attempt = 0
  #stopListening: () => void = () => undefined

  constructor(ports: ConnectorPorts) {
    this.#ports = ports
    this.#timer = new DeadlineTimer(ports, () => this.#stepHosting({ type: 'due' }))
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Whether there is something to connect to. */
  get isActive(): boolean {
    return this.#target !== null
  }

  /** Connects, instead of to where it was connected before. */
  connect(target: ConnectorTarget): void {
    this.disconnect()
    this.#target = target
    if (target.kind === 'remote') {
      this.#ports.transport.start(target)
      return
    }
    this.#stopListening = this.#ports.bundledServer.onUnexpectedExit(() => this.#exited())
    this.#host()
  }

  disconnect(): void {
    this.#stopListening()
    this.#stopListening = () => undefined
    this.#timer.stop()
    this.#attempt += 1
    this.#hosting = null
    if (this.#target !== null) this.#ports.transport.stop()
    this.#target = null
  }

  /** The transport's own state; it only counts in the second stage. */
  transportChanged(state: ConnectionState): void {
    if (this.#hosting === null) this.#set(state)
  }

  tryNow(): void {
    if (this.#hosting === null) this.#ports.transport.tryNow()
    else this.#stepHosting({ type: 'try-now' })
  }

  reconnect(): void {
    if (this.#hosting === null) this.#ports.transport.reconnect()
    else this.#stepHosting({ type: 'try-now' })
  }

  #host(): void {
    this.#hosting = { status: 'stopped' }
    this.#stepHosting({ type: 'start' })
  }

  #exited(): void {
    if (this.#hosting !== null) return
    this.#ports.logger.warn({}, 'the server on this computer ended by itself')
    this.#ports.transport.stop()
    this.#ports.restarted()
    this.#host()
  }

  #stepHosting(input: ConnectionInput): void {
    if (this.#hosting === null) return
    const { clock, random } = this.#ports
    const next = stepConnection(this.#hosting, input, clock.monotonic(), random)
    if (next === this.#hosting) return
    this.#hosting = next
    this.#set(next)
    this.#timer.aim(next.status === 'offline' ? next.retryAtMs : null)
    if (next.status === 'connecting') this.#startServer()
  }

  #startServer(): void {
    const { bundledServer, hosted, transport, logger } = this.#ports
    this.#attempt += 1
    const attempt = this.#attempt
    bundledServer.start().then(
      ({ url }) => {
        const target = this.#target
        if (attempt !== this.#attempt || target === null) return
        this.#hosting = null
        hosted(url)
        transport.start({ serverUrl: url, token: target.token, device: target.device })
      },
      (error: unknown) => {
        if (attempt !== this.#attempt) return
        logger.error({ err: error }, 'the server on this computer does not start')
        this.#stepHosting({ type: 'lost', reason: 'refused', retryAfterMs: 0 })
      },
    )
  }

  #set(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#ports.changed(state)
  }
}
