import { createClient } from 'redis'
import { appendScript } from './append-script.ts'

/** How the connections behave. Times in ms. */
export interface ConnectionSettings {
  readonly url: string
  readonly connectTimeoutMs: number
  /** A connection on which nothing came for this long (pings included) is given up and made anew. */
  readonly silenceMs: number
  /** Wait before the nth attempt to reconnect (from 0). */
  readonly backoffMs: (attempt: number) => number
}

/**
 * A client that never queues for later: what cannot be sent now is the database's business [V8].
 * Its errors are events; without a listener they would end the process.
 */
export function openClient(settings: ConnectionSettings, name: string) {
  return createClient({
    url: settings.url,
    name,
    scripts: { appendEntries: appendScript },
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: 10_000,
    socket: {
      connectTimeout: settings.connectTimeoutMs,
      socketTimeout: settings.silenceMs,
      reconnectStrategy: (attempt) => settings.backoffMs(attempt),
    },
  })
}

export type Client = ReturnType<typeof openClient>

/** Exponential backoff with full jitter [S5's shape]: up to 100, 200, 400 … ms, at most 2 s. */
export function reconnectDelay(random: () => number): (attempt: number) => number {
  return (attempt) => Math.ceil(random() * Math.min(2_000, 100 * 2 ** Math.min(attempt, 10)))
}
