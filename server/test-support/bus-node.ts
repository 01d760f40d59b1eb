import type { StreamId } from '../../protocol/model/primitives.ts'
import type { StreamEntry } from '../domain/stream-entry.ts'
import { RedisStreamBus } from '../stream/redis/redis-stream-bus.ts'
import { systemBusTiming } from '../stream/redis/timing.ts'
import type { Signal } from '../stream/stream-bus.ts'
import type { MemoryLog } from './memory-log.ts'

/** A bus as a node of a test has it, with all that it said. */
export interface BusNode {
  readonly bus: RedisStreamBus
  readonly entries: Map<StreamId, StreamEntry[]>
  readonly signals: Signal[]
  readonly trims: number[]
  readonly reads: { cache: number; database: number }
  interruptions: number
  /** Resolves when `condition` holds; looks whenever the bus says anything. */
  until(condition: () => boolean): Promise<void>
}

export async function startBusNode(
  store: MemoryLog,
  redisUrl: string,
  node: string,
  cap = 50_000,
): Promise<BusNode> {
  const waiting = new Set<() => void>()
  // After the caller is done with what it tells of.
  const said = () =>
    setImmediate(() => {
      for (const look of waiting) look()
    })
  store.onMarked(said)
  const entries: BusNode['entries'] = new Map()
  const signals: Signal[] = []
  const trims: number[] = []
  const reads = { cache: 0, database: 0 }
  const bus = new RedisStreamBus({
    ...{ url: redisUrl, store, node, cap, timing: systemBusTiming },
    observer: {
      appended: said,
      dropped: said,
      redis: said,
      redisError: said,
      unreadable: said,
      trimmed(count) {
        trims.push(count)
        said()
      },
      read(from) {
        reads[from] += 1
        said()
      },
    },
  })
  const self: BusNode = {
    ...{ bus, entries, signals, trims, reads, interruptions: 0 },
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
  bus.attach({
    onEntries(stream, more) {
      entries.set(stream, [...(entries.get(stream) ?? []), ...more])
      said()
    },
    onHead: said,
    onSignal(signal) {
      signals.push(signal)
      said()
    },
    onInterrupted() {
      self.interruptions += 1
      said()
    },
  })
  await bus.start()
  return self
}
