import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import type { Sink } from './log-output.ts'

const STDERR = 2
const { O_APPEND, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants

/** Standard error, as something that never keeps whoever writes: a reader may have stopped reading. */
export function stderrSink(): Sink {
  const descriptor = openUnblocked()
  return (bytes) => {
    try {
      return writeSync(descriptor, bytes)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0
      throw error
    }
  }
}

function openUnblocked(): number {
  // Node makes pipes and sockets non-blocking once their stream is asked for; and terminals blocking, which may have
  // been stopped with Ctrl+S: of those it gets a descriptor of its own.
  if (process.stderr.isTTY !== true || !fstatSync(STDERR).isCharacterDevice()) return STDERR
  try {
    return openSync(`/dev/fd/${STDERR}`, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK)
  } catch {
    // A terminal of another user, as under sudo: it is written to as it is.
    return STDERR
  }
}
