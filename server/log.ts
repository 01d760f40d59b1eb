import { type Logger, pino } from 'pino'

/** Log lines that wait because nobody reads them, in bytes; beyond, new ones are dropped: a log must not stop a server. */
const MAX_WAITING = 1024 * 1024

/** A log of JSON lines on stderr, and how to write out what waits. No texts, tokens or passwords go into it. */
export function createLog(): { readonly log: Logger; readonly flush: () => void } {
  const destination = pino.destination({ fd: 2, sync: false, maxLength: MAX_WAITING })
  const log = pino({ name: 'ferry-server', timestamp: pino.stdTimeFunctions.isoTime }, destination)
  return { log, flush: () => destination.flushSync() }
}
