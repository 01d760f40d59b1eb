import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Session } from '../../protocol/http/accounts.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
const Listening = z.object({ event: z.literal('listening'), url: z.url() })

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A real server in a process of its own, on a folder of its own that outlives it. */
export class ServerProcess {
  readonly folder: string
  readonly #flags: readonly string[]
  #child: ChildProcess | null = null
  #url = ''
  #said = ''

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder
    this.#flags = flags
  }

  /** Starts a server on a new folder. `flags` as on the command line; without one, there is no rate limit. */
  static async start(flags: readonly string[] = ['--rate-limit', '0']): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'ferry-server-')), flags)
    await server.restart()
    return server
  }

  get url(): string {
    return this.#url
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  /** What it logged so far. */
  get stderr(): string {
    return this.#said
  }

  /** Starts it again, on the same folder and the same port. */
  async restart(): Promise<void> {
    const port = this.#url === '' ? '0' : new URL(this.#url).port
    const child = spawn(
      process.execPath,
      [MAIN, '--data', this.folder, '--port', port, ...this.#flags],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString()
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code}: ${this.#said}`)
    })
    const lines = createInterface({ input: child.stdout })
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
    ended.catch(() => undefined)
    this.#url = Listening.parse(JSON.parse(line)).url
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  /** Sends a signal; how it ended. */
  async end(signal: NodeJS.Signals): Promise<Ending> {
    const child = this.#child
    if (child === null) throw new Error('the server does not run')
    this.#child = null
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code, by] = (await exited) as [number | null, NodeJS.Signals | null]
    return { code, signal: by, stdout: '', stderr: this.#said }
  }

  /** Ends it, if it runs, and deletes its folder. */
  async dispose(): Promise<void> {
    if (this.#child !== null) await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Makes an account and signs it in. */
  async account(username: string): Promise<Session> {
    const body = { username, displayName: username, password: `the password of ${username}` }
    const answer = await post(this.#url, '/v1/accounts', body)
    return Session.parse(answer.body)
  }
}

/** Runs the server's command with these arguments until it ends by itself. */
export async function runToEnd(args: readonly string[]): Promise<Ending> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stdout, stderr }
}

/** Posts JSON; the status and the parsed answer. */
export async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

/** Ends the session of a token; the status. */
export async function signOut(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  return response.status
}
