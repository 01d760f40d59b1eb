import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { temporaryFolder } from '../../store/test-support/temporary-folder.ts'

const ENTRY = join(import.meta.dirname, '../../../server/main.ts')
const Listening = z.object({ event: z.literal('listening'), url: z.url() })

/** The sync server as a process of its own: started, never imported. */
export class RealServer {
  readonly #folder = temporaryFolder()
  #child: ChildProcess | null = null
  #url = ''

  get url(): string {
    return this.#url
  }

  /** Starts it; again on the same folder and port. */
  async start(): Promise<void> {
    const port = this.#url === '' ? '0' : new URL(this.#url).port
    const flags = ['--data', this.#folder.path, '--port', port, '--rate-limit', '0']
    const child = spawn(process.execPath, [ENTRY, ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#child = child
    const lines = createInterface({ input: child.stdout })
    const [line] = await once(lines, 'line')
    this.#url = Listening.parse(JSON.parse(String(line))).url
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async dispose(): Promise<void> {
    await this.kill()
    this.#folder.remove()
  }
}
