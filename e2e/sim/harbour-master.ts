import { join } from 'node:path'
import pino from 'pino'
import { DEFAULT_EDIT_WINDOW_MS } from '../../protocol/limits.ts'
import { type RunningServer, startServer } from '../../server/start-server.ts'
import { systemTiming } from '../../server/timing.ts'

/** The real server, in this process, on a folder and a port that it keeps over restarts. */
export class HarbourMaster {
  readonly #folder: string
  #server: RunningServer | null = null
  port = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.#server = await startServer(
      {
        host: '127.0.0.1',
        port: this.port,
        store: { kind: 'folder', folder: join(this.#folder, 'server') },
        redis: null,
        editWindowMs: DEFAULT_EDIT_WINDOW_MS,
        rateLimit: 0,
        registration: 'open',
        streamCap: 50_000,
        maxWaitingBytes: 256 * 1024 * 1024,
        trustProxy: [],
        metrics: 'local',
        appSecret: null,
      },
      { log: pino({ level: 'silent' }), timing: systemTiming },
    )
    this.port = Number(new URL(this.#server.url).port)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }
}
