import type { Logger, Timers } from '../engine/ports.ts'

export interface QuitPorts {
  /** Operations that wait to be sent. */
  readonly waitingCount: () => number
  /** Asks the user, who is told how many wait; resolves to whether to quit. */
  readonly ask: (waiting: number) => Promise<boolean>
  /** Takes the window off the screen, commits what is there, stops the bundled server. */
  readonly shutDown: () => Promise<void>
  /** Ends the process. */
  readonly exit: () => void
  readonly timers: Pick<Timers, 'set'>
  readonly logger: Logger
}

/** `closed`: nothing is in the way of the end of the process any more. */
export type QuitPhase = 'running' | 'asking' | 'closing' | 'closed'

/** Shutting down may take this long, in ms: the bundled server's 5 s and some. What is written is durable already. */
const SHUT_DOWN_TIMEOUT_MS = 8_000

/**
 * The way out. A user who quits or closes the window while messages wait is told how many, and may stay. A signal, the
 * end of the system's session, or a program that drives the app is obeyed without a question.
 */
export class QuitFlow {
  readonly #ports: QuitPorts
  #phase: QuitPhase = 'running'

  constructor(ports: QuitPorts) {
    this.#ports = ports
  }

  get phase(): QuitPhase {
    return this.#phase
  }

  /** The user chose Quit, or closed the window where that means the same. */
  async requestedByUser(): Promise<void> {
    if (this.#phase !== 'running') return
    const waiting = this.#ports.waitingCount()
    if (waiting > 0) {
      this.#phase = 'asking'
      const quit = await this.#ports.ask(waiting)
      // A signal may have come while the question was on screen.
      if (this.#phase !== 'asking') return
      if (!quit) {
        this.#phase = 'running'
        return
      }
    }
    await this.#close()
  }

  /** Something that cannot be asked wants the app to end. */
  async requestedBySystem(): Promise<void> {
    if (this.#phase === 'running' || this.#phase === 'asking') await this.#close()
  }

  /** The system goes down and waits for nobody: what can be done is begun, and nothing holds the process back. */
  systemGoesDown(): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return
    this.#phase = 'closed'
    void this.#shutDown()
  }

  async #close(): Promise<void> {
    this.#phase = 'closing'
    await this.#shutDown()
    this.#phase = 'closed'
    this.#ports.exit()
  }

  /** Shuts down within its time; what goes wrong is logged, as there is nobody left to tell. */
  async #shutDown(): Promise<void> {
    const { shutDown, timers, logger } = this.#ports
    const done = shutDown().catch((error: unknown) => {
      logger.error({ err: error }, 'shutting down failed')
    })
    await new Promise<void>((resolve) => {
      const cancel = timers.set(SHUT_DOWN_TIMEOUT_MS, () => {
        logger.error({ afterMs: SHUT_DOWN_TIMEOUT_MS }, 'shutting down takes too long, leaving')
        resolve()
      })
      void done.then(() => {
        cancel()
        resolve()
      })
    })
  }
}
