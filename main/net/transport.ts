import type { Op } from '../../protocol/wire/request.ts'
import type { Clock, Random, Timers } from '../sync/clock.ts'
import type { ConnectionState } from '../sync/connection.ts'
import { ANSWER_TIMEOUT_MS } from '../sync/retry-policy.ts'
import type {
  Outcome,
  RequestBody,
  Transport,
  TransportFactory,
  TransportListener,
  TransportSession,
} from '../sync/transport.ts'
import { Line } from './line.ts'
import { type Connectable, ReconnectLoop } from './reconnect-loop.ts'
import type { Report } from './report.ts'
import { isServerUrl } from './server-url.ts'

export interface TransportPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly report: Report
}

/** Makes transports over WebSocket. */
export function transportFactory(ports: TransportPorts): TransportFactory {
  return (listener) => new SocketTransport(ports, listener)
}

/** The line to one server at a time; see Transport. */
class SocketTransport implements Transport {
  readonly #ports: TransportPorts
  readonly #listener: TransportListener
  #loop: ReconnectLoop | null = null
  #line: Line | null = null
  #isPaused = false

  constructor(ports: TransportPorts, listener: TransportListener) {
    this.#ports = ports
    this.#listener = listener
  }

  start(session: TransportSession): void {
    later(() => {
      this.#loop?.stop()
      const loop: ReconnectLoop = new ReconnectLoop(
        this.#ports,
        this.#connectable(session),
        (state) => this.#changed(loop, state),
      )
      this.#loop = loop
      void loop.run()
    })
  }

  stop(): void {
    later(() => {
      this.#loop?.stop()
      this.#loop = null
    })
  }

  tryNow(): void {
    later(() => this.#loop?.tryNow())
  }

  reconnect(): void {
    later(() => this.#loop?.reconnect())
  }

  request<O extends Op>(
    body: RequestBody<O>,
    timeoutMs: number | null = ANSWER_TIMEOUT_MS,
  ): Promise<Outcome<O>> {
    if (this.#line?.isLive === true) return this.#line.request<O>(body, timeoutMs)
    const failure = { kind: 'network', reason: 'unreachable' } as const
    // `Outcome` is a union over ops, which the compiler cannot follow through a type parameter.
    return Promise.resolve({ ok: false, op: body.op, failure } as Outcome<O>)
  }

  pause(): void {
    this.#isPaused = true
    this.#line?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#line?.resume()
  }

  #changed(loop: ReconnectLoop, state: ConnectionState): void {
    if (state.status === 'offline') {
      const delayMs = state.retryAtMs - this.#ports.clock.monotonic()
      this.#ports.report({ event: 'waiting', delayMs, failures: state.failures })
    }
    if (state.status === 'signed-out') this.#ports.report({ event: 'signed_out' })
    if (loop === this.#loop) this.#listener.connectionChanged(state)
  }

  #connectable(session: TransportSession): Connectable {
    return {
      open: ({ greeted, ended }) => {
        const line = this.#open(session, { greeted, ended })
        if (line !== null) this.#line = line
        // An address that cannot even be tried stays what it is until the user changes it; it is shown like any other.
        else {
          const none = { closeCode: null, refused: false, outdated: false, retryAfterMs: 0 }
          ended({ reason: 'unknown', ...none })
        }
      },
      drop: () => this.#line?.end('cut'),
    }
  }

  #open(session: TransportSession, events: Parameters<Connectable['open']>[0]): Line | null {
    if (!isServerUrl(session.serverUrl)) return null
    let wasGreeted = false
    const line: Line = new Line({
      session,
      cursors: () => this.#listener.cursors(),
      timers: this.#ports.timers,
      clock: this.#ports.clock,
      report: this.#ports.report,
      listener: {
        greeted: (hello) => {
          wasGreeted = true
          events.greeted()
          this.#listener.greeted(hello)
          if (this.#isPaused) line.pause()
        },
        pushed: (push) => this.#listener.pushed(push),
        misfit: (what) => this.#listener.misfit(what),
        ended: (end) => {
          if (this.#line === line) this.#line = null
          events.ended(end)
          if (wasGreeted) this.#listener.lost(end.reason, end.closeCode)
        },
      },
    })
    return line
  }
}

/** Runs after the caller has returned, in the order of the calls, so that no listener is called from inside a call. */
function later(work: () => void): void {
  queueMicrotask(work)
}
