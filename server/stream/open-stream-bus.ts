import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Store } from '../store/store.ts'
import { InProcessBus } from './in-process-bus.ts'
import type { StreamBus } from './stream-bus.ts'

export interface BusSettings {
  /** `redis://…`, or null for a node that is alone. */
  readonly redis: string | null
  /** About how many entries Redis keeps of each stream. */
  readonly streamCap: number
  /** Whether other nodes may write to the same database. */
  readonly shared: boolean
  /** Name of this node, unlike that of any other. */
  readonly node: string
}

/**
 * The bus that the settings ask for. With Redis: connected, or going on without it after two seconds, for the database
 * is the truth [V8]. What it needs of Redis is loaded only then.
 */
export async function openStreamBus(
  settings: BusSettings,
  surroundings: { readonly store: Store; readonly registry: Registry; readonly log: Logger },
): Promise<StreamBus> {
  const { store, registry, log } = surroundings
  const { redis: url, streamCap: cap, shared, node } = settings
  if (url === null) return new InProcessBus((request) => store.entriesAfter(request), { shared })
  const { openRedisBus } = await import('./redis/open-redis-bus.ts')
  return await openRedisBus({ url, cap, node }, { store, registry, log })
}
