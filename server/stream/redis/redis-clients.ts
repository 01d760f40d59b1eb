import { createClient, ErrorReply } from 'redis'
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

/** Redis' own default, and ours, in bytes. */
const DEFAULT_NODE_BYTES = '4096'
const NODE_BYTES = '16384'

/**
 * Streams are trimmed by whole nodes, and a node of the default size holds about ten messages: four times as much in
 * one makes trimming three times as cheap. Left alone where somebody has chosen another value, or where we may not.
 */
export async function widenStreamNodes(client: Client): Promise<void> {
  const parameter = 'stream-node-max-bytes'
  try {
    const current = await client.configGet(parameter)
    if (current[parameter] === DEFAULT_NODE_BYTES) await client.configSet(parameter, NODE_BYTES)
  } catch (cause) {
    // A managed Redis may forbid it: then trimming costs a little more, and that is all.
    if (!(cause instanceof ErrorReply)) throw cause
  }
}
