import { once } from 'node:events'
import { signalGroup } from './run-command.mjs'

const STOP_MS = 8000

/**
 * A child process that can be put in place of itself: asked to end, waited for, and only then started anew (the app
 * allows one instance a profile). Restarts that pile up are done once.
 * @param {() => import('node:child_process').ChildProcess} start starts it as leader of a process group
 * @param {(code: number) => void} onEnded called when it ended of itself, with its exit code
 */
export function restartable(start, onEnded) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  let queue = Promise.resolve()
  let asked = 0

  const launch = () => {
    const started = start()
    child = started
    started.once('exit', (code) => {
      if (child !== started) return
      child = undefined
      onEnded(code ?? 1)
    })
  }
  const stop = async () => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = once(ending, 'exit')
    // To the leader alone: it ends its own children, and Electron cannot do so once they are gone.
    ending.kill('SIGTERM')
    const lastResort = setTimeout(() => signalGroup(ending.pid, 'SIGKILL'), STOP_MS)
    await gone
    clearTimeout(lastResort)
  }
  return {
    /** Starts it, or ends it first and starts it anew. */
    restart() {
      asked += 1
      const mine = asked
      queue = queue.then(async () => {
        if (mine !== asked) return
        await stop()
        launch()
      })
      return queue
    },
    /** Ends it for good. */
    stop() {
      asked += 1
      queue = queue.then(stop)
      return queue
    },
  }
}
