import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { StoreObserver } from '../store/store.ts'

/** What /metrics tells. Labels are of small fixed sets; none names a user, a stream or a text. */
export interface Metrics extends StoreObserver {
  readonly registry: Registry
  /** A socket was opened. */
  opened(): void
  /** A socket was closed, with the code that was sent or received. */
  closed(code: number): void
  /** A request was answered: `code` is `ok` or that of the error. */
  answered(op: string, code: string, durationMs: number): void
  /** Committed events were handed to the sockets of this node, this long after the commit. */
  delivered(durationMs: number): void
  /** A page went out to one who catches up. */
  caughtUp(entries: number): void
}

/** Numbers that are asked for when /metrics is read. */
export interface Gauges {
  readonly topics: () => number
  readonly catchingUp: () => number
  readonly relayLag: () => number
  readonly streamDegraded: () => boolean
  readonly droppedLines: () => number
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
/** Close codes that are told apart; others count as `other`. */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1005, 1006, 1009, 1012, 1013, 4400, 4401, 4408, 4413,
])

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const connections = new Gauge({
    name: 'ferry_connections',
    help: 'Open sockets.',
    registers,
  })
  const closes = new Counter({
    name: 'ferry_closes_total',
    help: 'Sockets closed, by close code.',
    labelNames: ['code'],
    registers,
  })
  const requests = new Counter({
    name: 'ferry_requests_total',
    help: 'Requests answered, by op and result.',
    labelNames: ['op', 'code'],
    registers,
  })
  const answerSeconds = new Histogram({
    name: 'ferry_request_seconds',
    help: 'From a request to its reply, by op.',
    labelNames: ['op'],
    buckets: SECONDS,
    registers,
  })
  const batchSize = new Histogram({
    name: 'ferry_commit_batch_size',
    help: 'Commands in one commit.',
    buckets: COUNTS,
    registers,
  })
  const commitSeconds = new Histogram({
    name: 'ferry_commit_seconds',
    help: 'Duration of a transaction, fsync included.',
    buckets: SECONDS,
    registers,
  })
  const deliverySeconds = new Histogram({
    name: 'ferry_delivery_seconds',
    help: 'From a commit to the sockets of this node, a sample a commit.',
    buckets: SECONDS,
    registers,
  })
  const catchUp = new Histogram({
    name: 'ferry_catch_up_page_events',
    help: 'Events in one page to a client that catches up.',
    buckets: COUNTS,
    registers,
  })
  // A label look-up costs more than the counting: the children are kept. Ops and codes are small fixed sets.
  const children = new Map<string, { inc(): void }>()
  const timers = new Map<string, { observe(value: number): void }>()

  return {
    registry,
    opened: () => connections.inc(),
    closed: (code) => {
      connections.dec()
      closes.inc({ code: CLOSE_CODES.has(code) ? String(code) : 'other' })
    },
    answered: (op, code, durationMs) => {
      const name = `${op} ${code}`
      let child = children.get(name)
      if (child === undefined) {
        child = requests.labels(op, code)
        children.set(name, child)
      }
      child.inc()
      let timer = timers.get(op)
      if (timer === undefined) {
        timer = answerSeconds.labels(op)
        timers.set(op, timer)
      }
      timer.observe(durationMs / 1000)
    },
    delivered: (durationMs) => deliverySeconds.observe(durationMs / 1000),
    caughtUp: (entries) => catchUp.observe(entries),
    committed: ({ commands, durationMs }) => {
      batchSize.observe(commands)
      commitSeconds.observe(durationMs / 1000)
    },
  }
}

/** Adds the numbers that are asked for only when /metrics is read. */
export function addGauges({ registry }: Metrics, gauges: Gauges): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }
  gauge('ferry_topics', 'Streams that someone on this node is subscribed to.', gauges.topics)
  gauge('ferry_catching_up', 'Subscriptions that read pages now.', gauges.catchingUp)
  gauge('ferry_relay_lag', 'Events committed and not yet on the bus.', gauges.relayLag)
  gauge('ferry_stream_degraded', '1 while the bus may lose live events.', () =>
    Number(gauges.streamDegraded()),
  )
  gauge(
    'ferry_log_lines_dropped',
    'Log lines since the start that were dropped, as nobody read them.',
    gauges.droppedLines,
  )
}
