import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { exitOf, killHard } from './child-exit.ts'
import { childEnvironment, SERVER_BUNDLE } from './project.ts'

export interface ServerOptions {
  readonly dataDir: string
  readonly logFile: string
  /** 0: a free one. */
  readonly port: number
  /** More flags of `npm run server`. */
  readonly flags?: readonly string[]
}

const Listening = z.object({ event: z.literal('listening'), url: z.url() })

/** The sync server as a process of the test's own. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly url: string
  readonly logFile: string

  private constructor(child: ChildProcess, url: string, logFile: string) {
    this.#child = child
    this.url = url
    this.logFile = logFile
  }

  /** Starts the built server and waits until it listens; rejects with its last words when it does not. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { dataDir, logFile, port, flags = [] } = options
    const child = spawn(
      process.execPath,
      [SERVER_BUNDLE, '--host', '127.0.0.1', '--port', String(port), '--data', dataDir, ...flags],
      { env: childEnvironment({}), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }))
    const firstLine = await Promise.race([
      (async () => {
        for await (const line of createInterface({ input: child.stdout })) return line
        return null
      })(),
      exitOf(child).then(() => null),
    ])
    if (firstLine === null) throw new Error(`The server ended before it listened, see ${logFile}`)
    return new ServerProcess(child, Listening.parse(JSON.parse(firstLine)).url, logFile)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** SIGTERM, as an operator would. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await exitOf(this.#child)
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    await killHard(this.#child)
  }
}
