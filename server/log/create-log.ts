import { type Logger, pino } from 'pino'
import { systemTiming } from '../timing.ts'
import { LogOutput } from './log-output.ts'
import { stderrSink } from './stderr-sink.ts'

export interface Log {
  readonly log: Logger
  /** Writes out what waits, as far as somebody reads it. */
  flush(): void
  /** Lines that were dropped because nobody read them. */
  dropped(): number
}

/** A log of JSON lines on stderr. No texts, tokens or passwords go into it. */
export function createLog(): Log {
  const output = new LogOutput({
    sink: stderrSink(),
    later: systemTiming.later,
    onRoom: (dropped) => log.warn({ dropped }, 'log lines were dropped, as nobody read them'),
  })
  const log: Logger = pino(
    { name: 'ferry-server', timestamp: pino.stdTimeFunctions.isoTime },
    output,
  )
  return { log, flush: () => output.flush(), dropped: () => output.dropped }
}
