import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A server node as a process of its own, always on the same port. */
export interface NodeProcess {
  readonly url: string
  readonly running: boolean
  /** Resolves when it listens. */
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** The last lines that it logged, for a failing test. */
  log(): string
  /** How it ended without being told to: no fault here may do that to a node. Null while it has not. */
  readonly collapse: string | null
}

const MAIN = join(import.meta.dirname, '../main.ts')

/** Prepares a node that shares `database` and `redis` with others. It is not started yet. */
export async function nodeProcess(options: {
  readonly database: string
  readonly redis: string
  readonly streamCap: number
}): Promise<NodeProcess> {
  const port = await freePort()
  const args = [
    ...[MAIN, '--port', String(port), '--rate-limit', '0'],
    ...['--database', options.database, '--redis', options.redis],
    ...['--stream-cap', String(options.streamCap)],
  ]
  let child: ChildProcess | null = null
  let said = ''
  let collapse: string | null = null
  const end = () => void child?.kill('SIGKILL')
  process.once('exit', end)
  return {
    url: `http://127.0.0.1:${port}`,
    get running() {
      return child !== null
    },
    async start() {
      const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      started.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-8_000)
      })
      started.once('exit', (code, signal) => {
        if (child === started) collapse = `ended by itself with ${code ?? signal}: ${said}`
      })
      const lines = createInterface({ input: started.stdout })
      const ended = once(started, 'exit').then(([code]) => {
        throw new Error(`a node ended with ${code}: ${said}`)
      })
      await Promise.race([once(lines, 'line'), ended])
      // From here on an end is a fault of the test's own making, or shows in what the clients see.
      ended.catch(() => undefined)
    },
    async kill() {
      const gone = child
      child = null
      if (gone === null || gone.exitCode !== null || gone.signalCode !== null) return
      const exited = once(gone, 'exit')
      gone.kill('SIGKILL')
      await exited
    },
    log: () => said,
    get collapse() {
      return collapse
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
