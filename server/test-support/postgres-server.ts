import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

/** A real PostgreSQL for tests: durable (fsync on), on a free port of 127.0.0.1, in a folder that goes with it. */
export interface PostgresServer {
  readonly port: number
  /** Makes an empty database and answers its connection string. */
  createDatabase(): Promise<string>
  /** Starts it again after `stop` or `crash`; resolves when it takes connections. */
  start(): Promise<void>
  /** `fast`: ends what runs, then stops in order. `crash`: dies at once, and recovers from its log when started. */
  stop(mode: 'fast' | 'crash'): Promise<void>
  /** SIGSTOP to all of its processes: its port stays open and nothing is answered. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Stops it and removes its folder. */
  dispose(): Promise<void>
}

/** Superuser of the test server; it only listens on loopback and lives as long as the test. */
const SUPERUSER = 'ferry_test'

/**
 * Starts a PostgreSQL server of its own. As root it runs as the user `postgres`, because it refuses root.
 *
 * @throws when PostgreSQL is not installed, naming the package that has it
 */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = await findPostgresBin()
  const account = await unprivilegedAccount()
  const home = await mkdtemp(join(tmpdir(), 'ferry-postgres-'))
  const data = join(home, 'data')
  await mkdir(data, { mode: 0o700 })
  if (account !== null) {
    await chown(home, account.uid, account.gid)
    await chown(data, account.uid, account.gid)
  }
  const asAccount = { cwd: home, ...account }
  const port = await freePort()
  const log = join(home, 'log')

  const start = async (): Promise<void> => {
    const settings = `-h 127.0.0.1 -p ${port} -c unix_socket_directories= -c fsync=on -c max_connections=100`
    const args = ['start', '--wait', '--silent', '-D', data, '-l', log, '-o', settings]
    await run(join(bin, 'pg_ctl'), args, asAccount)
  }
  const stop = async (mode: 'fast' | 'crash'): Promise<void> => {
    const how = mode === 'crash' ? 'immediate' : 'fast'
    await run(join(bin, 'pg_ctl'), ['stop', '--wait', '--silent', '-D', data, '-m', how], asAccount)
  }

  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', SUPERUSER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    asAccount,
  )
  await start()

  /** To the first process and all that it started: each is in a session of its own. */
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    const [first = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
    const children = await readFile(`/proc/${first}/task/${first}/children`, 'utf8')
    const pids = [first, ...children.trim().split(' ')].filter((pid) => pid !== '')
    for (const pid of pids) process.kill(Number(pid), name)
  }

  let databases = 0
  let running = true
  const urlOf = (database: string) => `postgres://${SUPERUSER}@127.0.0.1:${port}/${database}`
  return {
    port,
    async createDatabase() {
      databases += 1
      const name = `ferry_${databases}`
      const client = new pg.Client({ connectionString: urlOf('postgres') })
      await client.connect()
      try {
        await client.query(`CREATE DATABASE ${name}`)
      } finally {
        await client.end()
      }
      return urlOf(name)
    },
    async start() {
      await start()
      running = true
    },
    async stop(mode) {
      running = false
      await stop(mode)
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async dispose() {
      if (running) await stop('crash')
      running = false
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The folder that has initdb and pg_ctl: on the PATH, or the newest under Debian's, Homebrew's usual places. */
async function findPostgresBin(): Promise<string> {
  const { PATH = '' } = process.env
  const candidates = PATH.split(delimiter).filter((dir) => dir !== '')
  for (const [parent, inside] of [
    ['/usr/lib/postgresql', 'bin'],
    ['/opt/homebrew/opt', 'bin'],
    ['/usr/local/opt', 'bin'],
  ] as const) {
    const versions = await entriesOf(parent)
    const numbered = versions.filter((name) => /^(postgresql@)?\d+$/.test(name))
    numbered.sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
    for (const name of numbered) candidates.push(join(parent, name, inside))
  }
  for (const dir of candidates) {
    const names = new Set(await entriesOf(dir))
    if (names.has('initdb') && names.has('pg_ctl')) return dir
  }
  throw new Error(
    'PostgreSQL is not installed: these tests need the package "postgresql" (15 or newer).',
  )
}

async function entriesOf(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return []
    throw error
  }
}

/** Whom to run as when we are root; null when we may run it as ourselves. */
async function unprivilegedAccount(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  const [uid, gid] = await Promise.all([
    run('id', ['-u', 'postgres']),
    run('id', ['-g', 'postgres']),
  ])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
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
