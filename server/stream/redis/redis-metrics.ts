import type { Logger } from 'pino'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RedisBusObserver } from './observer.ts'

/** Lengths of Redis streams, up to beyond the default cap of 50,000. */
const LENGTHS = [100, 1_000, 5_000, 10_000, 25_000, 50_000, 55_000, 100_000]

/** What the bus over Redis does, as numbers and log lines. No label and no line names a stream, a user or a text. */
export function redisMetrics(registry: Registry, log: Logger): RedisBusObserver {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames: [...labelNames], registers })
  const appends = counter('ferry_stream_appends_total', 'Batches appended to Redis streams.')
  const entries = counter('ferry_stream_appended_entries_total', 'Entries in those batches.')
  const dropped = counter(
    'ferry_stream_dropped_total',
    'Times that entries of a stream were left to the relay, by cause.',
    ['cause'],
  )
  const reads = counter(
    'ferry_stream_reads_total',
    'Catch-up pages, by where they came from and why not from the cache.',
    ['from', 'refused'],
  )
  const trims = counter('ferry_stream_trim_total', 'XTRIM commands run.')
  const trimmed = counter('ferry_stream_trimmed_entries_total', 'Entries that trimming took out.')
  const lengths = new Histogram({
    name: 'ferry_stream_length',
    help: 'Length of a Redis stream after an append.',
    buckets: LENGTHS,
    registers,
  })
  const up = new Gauge({
    name: 'ferry_redis_up',
    help: '1 while Redis answers and writes.',
    registers,
  })
  const errors = counter('ferry_redis_errors_total', 'Errors of commands and connections.')
  return {
    appended(count, length) {
      appends.inc()
      entries.inc(count)
      lengths.observe(length)
    },
    dropped: (cause) => dropped.inc({ cause }),
    read: (from, refused) => reads.inc({ from, refused: refused ?? 'none' }),
    trimmed(count) {
      trims.inc()
      trimmed.inc(count)
    },
    redis(status, detail) {
      up.set(status === 'ok' ? 1 : 0)
      if (status === 'ok') log.info({ detail }, 'redis can be used')
      else log.warn({ detail }, 'redis cannot be used: going on with the database alone')
    },
    redisError(cause) {
      errors.inc()
      // One for each attempt to reconnect: a change of state is told above, once.
      log.debug({ err: cause }, 'redis error')
    },
    unreadable: (what) => log.warn({ what }, 'a message on a redis channel is not of our form'),
  }
}
