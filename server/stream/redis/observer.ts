import type { AppendObserver } from './stream-appender.ts'
import type { ReadObserver } from './stream-reader.ts'
import type { TrimObserver } from './stream-trimmer.ts'

/** What the bus over Redis tells metrics and logs. No stream names: their number is not bounded. */
export interface RedisBusObserver extends TrimObserver, Pick<ReadObserver, 'read'> {
  /** An append of `count` entries left a Redis stream `length` long. */
  appended(count: number, length: number): void
  dropped(cause: Parameters<AppendObserver['dropped']>[1]): void
  /** Redis became usable or ceased to be; `detail` in words. */
  redis(status: 'ok' | 'degraded', detail: string): void
  redisError(cause: unknown): void
  /** Something on a channel of ours was not of our form. */
  unreadable(what: 'signal' | 'entries'): void
}
