import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'

/** A real Redis of the test's own: a free port, a temporary folder, nothing kept unless asked. */
export interface TestRedis {
  readonly url: string
  /** Asks it directly, outside of the bus. */
  ask(...command: string[]): Promise<unknown>
  /** SIGSTOP: the port stays open and nothing is answered. */
  freeze(): void
  thaw(): void
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** After `kill`, on the same port: with the given snapshot, or empty. */
  restart(snapshot?: string): Promise<void>
  /** Writes a snapshot of the state now; its path, for `restart`. */
  snapshot(): Promise<string>
  stop(): Promise<void>
}

/** @throws with what to install when there is no redis-server. */
export async function startRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child = await launch(directory, port)
  let snapshots = 0

  async function ask(...command: string[]): Promise<unknown> {
    const client = createClient({ url, maintNotifications: 'disabled' })
    client.on('error', () => client.destroy())
    await client.connect()
    try {
      return await client.sendCommand(command)
    } finally {
      client.destroy()
    }
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  return {
    url,
    ask,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    async restart(snapshot) {
      await rm(join(directory, 'dump.rdb'), { force: true })
      if (snapshot !== undefined) await copyFile(snapshot, join(directory, 'dump.rdb'))
      child = await launch(directory, port)
    },
    async snapshot() {
      await ask('SAVE')
      snapshots += 1
      const file = join(directory, `snapshot-${snapshots}.rdb`)
      await copyFile(join(directory, 'dump.rdb'), file)
      return file
    },
    async stop() {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Resolves when it says that it accepts connections. */
async function launch(directory: string, port: number): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'].concat([
      ...['--dir', directory, '--loglevel', 'notice'],
    ]),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.once('error', (cause) =>
      reject(new Error('redis-server is not there: apt-get install -y redis-server', { cause })),
    )
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000)
      if (said.includes('Ready to accept connections')) resolve()
    })
  })
  child.removeAllListeners('exit')
  // Whatever ends this process ends its server.
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.removeListener('exit', end))
  return child
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}
