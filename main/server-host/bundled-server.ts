import type { BundledServer } from '../engine/ports.ts'
import { afterCrash, NO_CRASHES, restartDelayMs } from './restart-delay.ts'
import { runServer, type ServerRun, type ServerRunPorts } from './server-run.ts'

export interface BundledServerPorts extends ServerRunPorts {
  /** Where it has its database. */
  readonly database: string
  /** Moves its data out of its way, while it does not run. */
  readonly setDataAside: () => void
}

/**
 * The server that the app brings along: one at most, started when asked, later and later when it keeps dying, stopped
 * gracefully and in the end by force.
 */
export function createBundledServer(ports: BundledServerPorts): BundledServer {
  const listeners = new Set<() => void>()
  let current: ServerRun | null = null
  let stopping: Promise<void> | null = null
  let streak = NO_CRASHES

  const follow = async (run: ServerRun) => {
    const end = await run.ended
    if (current === run) current = null
    if (end.kind === 'stopped') {
      streak = NO_CRASHES
      return
    }
    streak = afterCrash(streak, end.ranMs)
    // A run that never listened is told to the one who started it, by the promise that it waits for.
    if (end.kind === 'crashed') for (const listener of [...listeners]) listener()
  }

  const stop = async () => {
    const run = current
    if (run === null) return
    stopping ??= run.stop().finally(() => {
      stopping = null
    })
    await stopping
  }

  return {
    database: ports.database,
    async start() {
      await stopping
      if (current === null) {
        current = runServer(ports, restartDelayMs(streak))
        void follow(current)
      }
      return current.listening
    },
    stop,
    async setDataAside() {
      await stop()
      ports.setDataAside()
      streak = NO_CRASHES
    },
    onUnexpectedExit(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
