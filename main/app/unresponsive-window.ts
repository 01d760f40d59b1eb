import type { MessageBoxOptions } from 'electron'
import type { Logger } from '../engine/ports.ts'

const QUESTION = {
  type: 'warning',
  message: 'The window does not respond',
  detail: 'Nothing you sent is lost: it waits outside the window. Reloading takes a moment.',
  buttons: ['Wait', 'Reload'],
  defaultId: 0,
  cancelId: 0,
} as const satisfies MessageBoxOptions
const RELOAD_BUTTON = 1

export interface UnresponsiveWindowPorts {
  /** Asks the user; resolves to the index of the button, to that of Wait when `signal` takes the question away. */
  readonly ask: (options: MessageBoxOptions) => Promise<number>
  /** Ends the page's process, whatever it does, and loads the page again. */
  readonly restart: () => void
  readonly logger: Logger
}

/**
 * A window whose page hangs: the user is asked whether to wait or to reload it, once at a time, and no more when it
 * answers again. All that matters is in main, so a reload loses nothing that was sent or saved as a draft.
 */
export class UnresponsiveWindow {
  readonly #ports: UnresponsiveWindowPorts
  #question: AbortController | null = null

  constructor(ports: UnresponsiveWindowPorts) {
    this.#ports = ports
  }

  /** It hangs. */
  async hangs(): Promise<void> {
    const { ask, restart, logger } = this.#ports
    logger.warn({}, 'the window does not respond')
    if (this.#question !== null) return
    const question = new AbortController()
    this.#question = question
    try {
      const button = await ask({
        ...QUESTION,
        buttons: [...QUESTION.buttons],
        signal: question.signal,
      })
      if (button === RELOAD_BUTTON && !question.signal.aborted) restart()
    } catch (error) {
      logger.error({ err: error }, 'it cannot be asked whether to reload the window')
    } finally {
      if (this.#question === question) this.#question = null
    }
  }

  /** It answers again, or is gone: there is nothing to decide. */
  answers(): void {
    this.#question?.abort()
    this.#question = null
  }
}
