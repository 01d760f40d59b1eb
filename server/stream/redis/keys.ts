import type { StreamId } from '../../../protocol/model/primitives.ts'

/** Names in Redis. All begin with the database's instance: another database never reads our streams for its own. */
export interface RedisKeys {
  /** The Redis stream that keeps the newest entries of a stream. */
  log(stream: StreamId): string
  /** The channel on which its new entries are published. */
  live(stream: StreamId): string
  /** The stream of a live channel, or null for another channel. */
  streamOfLive(channel: string): StreamId | null
  /** The channel of what nodes tell each other and keep nowhere. */
  readonly signals: string
}

export function redisKeys(instance: string): RedisKeys {
  const livePrefix = `ferry:${instance}:live:`
  return {
    log: (stream) => `ferry:${instance}:log:${stream}`,
    live: (stream) => livePrefix + stream,
    streamOfLive: (channel) =>
      channel.startsWith(livePrefix) ? channel.slice(livePrefix.length) : null,
    signals: `ferry:${instance}:signals`,
  }
}
