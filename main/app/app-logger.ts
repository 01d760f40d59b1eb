import { join } from 'node:path'
import type { Logger } from '../engine/ports.ts'
import { openBoundedLogFile } from './bounded-log-file.ts'
import { createJsonLog } from './json-log.ts'

/** Largest size of a log file, in bytes; one predecessor is kept. */
export const MAX_LOG_BYTES = 2 * 1024 * 1024

/** The folder of a profile's logs. */
export function logFolder(profileDir: string): string {
  return join(profileDir, 'logs')
}

/**
 * The app's log, JSON lines in `<profile>/logs/main.log`. Never given message texts; fields that could hold a secret
 * are cut out all the same.
 */
export function createAppLogger(profileDir: string): Logger {
  const file = openBoundedLogFile(
    join(logFolder(profileDir), 'main.log'),
    MAX_LOG_BYTES,
    (error) => {
      process.stderr.write(`The log cannot be written: ${String(error)}\n`)
    },
  )
  return createJsonLog({ write: (line) => file.write(line), pid: process.pid, now: Date.now })
}
