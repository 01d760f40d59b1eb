import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'
import type { StreamBus } from '../stream-bus.ts'
import { redisMetrics } from './redis-metrics.ts'
import { RedisStreamBus } from './redis-stream-bus.ts'
import { systemBusTiming } from './timing.ts'

/** The bus over Redis with the real clock, metrics and log. Resolves when Redis answers, or after two seconds. */
export async function openRedisBus(
  settings: { readonly url: string; readonly cap: number; readonly node: string },
  surroundings: { readonly store: Store; readonly registry: Registry; readonly log: Logger },
): Promise<StreamBus> {
  const { store, registry, log } = surroundings
  const bus = new RedisStreamBus({
    ...{ ...settings, store, timing: systemBusTiming, observer: redisMetrics(registry, log) },
  })
  await bus.start()
  return bus
}
