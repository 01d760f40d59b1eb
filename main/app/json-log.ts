import type { Logger } from '../engine/ports.ts'

/** Levels as the server's log numbers them, so that both are read by the same tools. */
const LEVELS = { info: 30, warn: 40, error: 50 } as const

/** Fields that could hold what somebody wrote, or a secret: left out, at whatever depth. */
const SECRETS: ReadonlySet<string> = new Set(['token', 'password', 'body', 'text'])

export interface JsonLogPorts {
  /** Takes one line, its newline included; must not throw. */
  readonly write: (line: string) => void
  readonly pid: number
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

/**
 * Writes one JSON object a line: level, time, pid, the fields, msg. What is for debugging is not written. By hand, as it
 * stands between the start and the window: a logging library takes longer to load than the window to ask for.
 */
export function createJsonLog(ports: JsonLogPorts): Logger {
  const log = (level: keyof typeof LEVELS) => (fields: object, message: string) => {
    const time = new Date(ports.now()).toISOString()
    const head = { level: LEVELS[level], time, pid: ports.pid }
    ports.write(`${line(head, fields, message)}\n`)
  }
  return { debug: () => undefined, info: log('info'), warn: log('warn'), error: log('error') }
}

/** Fields that cannot be written (a circle) are named as such: a log never stops the app. */
function line(head: object, fields: object, message: string): string {
  try {
    return JSON.stringify({ ...head, ...fields, msg: message }, replace)
  } catch (error) {
    return JSON.stringify({ ...head, unwritable: String(error), msg: message })
  }
}

function replace(key: string, value: unknown): unknown {
  if (SECRETS.has(key)) return undefined
  if (value instanceof Error) return describe(value)
  return typeof value === 'bigint' ? String(value) : value
}

/** Everything of an error that is not enumerable, and what it carries beside. */
function describe(error: Error): object {
  const { name, message, stack, cause } = error
  return { ...error, type: name, message, stack, cause }
}
