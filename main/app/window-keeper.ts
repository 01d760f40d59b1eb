import { app, type BrowserWindow, dialog, type MessageBoxOptions } from 'electron'
import { EVENT_CHANNEL } from '../../protocol/ipc/channels.ts'
import type { AppEvent } from '../../protocol/ipc/views.ts'
import type { Clock } from '../engine/ports.ts'
import type { TrustedPage } from '../ipc/trusted-sender.ts'
import { bringToFront, createMainWindow, type MainWindowOptions } from './main-window.ts'
import { decideOnCrash } from './renderer-crash-budget.ts'
import { UnresponsiveWindow } from './unresponsive-window.ts'

export interface WindowKeeperOptions extends MainWindowOptions {
  /** Address of the page, and its origin. */
  readonly page: string
  readonly origin: string
  readonly clock: Pick<Clock, 'monotonic'>
  /** The user wants the window closed; the answer says whether it may close now. */
  readonly mayClose: () => boolean
  /** The user's session on this machine ends (Windows); nobody waits for us. */
  readonly onSessionEnd: () => void
}

/** How long a page may take to say what it still has to say before its window closes, in ms. */
const CLOSE_TIMEOUT_MS = 1_000

/** Keeps the one window: opens it, brings it back after a crash, and is the only one that talks to it. */
export class WindowKeeper {
  readonly #options: WindowKeeperOptions
  #window: BrowserWindow | null = null
  /** Whether the window's page has been loaded, at least once. */
  #hasPage = false
  #crashes: readonly number[] = []

  constructor(options: WindowKeeperOptions) {
    this.#options = options
  }

  get window(): BrowserWindow | null {
    return this.#window
  }

  /** Who may call over IPC. */
  trustedPage(): TrustedPage | null {
    if (this.#window === null) return null
    return { webContentsId: this.#window.webContents.id, origin: this.#options.origin }
  }

  /** Opens the window, or brings the open one to the front. */
  show(): void {
    if (this.#window === null) this.#open()
    else bringToFront(this.#window)
  }

  send(event: AppEvent): void {
    if (this.#window === null || this.#window.webContents.isDestroyed()) return
    this.#window.webContents.send(EVENT_CHANNEL, event)
  }

  /** Asks the user, over the window where there is one; resolves to the index of the button. */
  async ask(options: MessageBoxOptions): Promise<number> {
    const { response } =
      this.#window === null
        ? await dialog.showMessageBox(options)
        : await dialog.showMessageBox(this.#window, options)
    return response
  }

  /** Takes the window off the screen at once, lets the page save its drafts, and closes it. */
  async close(): Promise<void> {
    const window = this.#window
    if (window === null) return
    if (!this.#hasPage) {
      // It has shown nothing, so there is nothing to save; closing it while it is made crashes Electron 33.
      window.destroy()
      return
    }
    window.hide()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => window.destroy(), CLOSE_TIMEOUT_MS)
      window.once('closed', () => {
        clearTimeout(timer)
        resolve()
      })
      window.close()
    })
  }

  #open(): void {
    const { page, mayClose, onSessionEnd, logger } = this.#options
    const window = createMainWindow(this.#options)
    this.#window = window
    window.on('close', (event) => {
      if (!mayClose()) event.preventDefault()
    })
    window.on('session-end', onSessionEnd)
    window.once('closed', () => {
      this.#window = null
    })
    const contents = window.webContents
    this.#hasPage = false
    contents.once('did-finish-load', () => {
      this.#hasPage = true
    })
    contents.on('render-process-gone', (_event, { reason, exitCode }) => {
      logger.error({ reason, exitCode }, 'the renderer is gone')
      if (reason !== 'clean-exit') this.#recover(window)
    })
    contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
      // -3: the load was replaced by another one.
      if (isMainFrame && code !== -3) logger.error({ code, description }, 'the page did not load')
    })
    contents.on('preload-error', (_event, _path, error) => {
      logger.error({ err: error }, 'the preload script failed')
    })
    const hanging = new UnresponsiveWindow({
      ask: (options) => this.ask(options),
      // Its end is met as any other: the page is loaded again.
      restart: () => contents.forcefullyCrashRenderer(),
      logger,
    })
    window.on('unresponsive', () => void hanging.hangs())
    window.on('responsive', () => hanging.answers())
    window.once('closed', () => hanging.answers())
    void window.loadURL(page).catch((error: unknown) => {
      logger.error({ err: error }, 'the page did not load')
    })
  }

  #recover(window: BrowserWindow): void {
    const { clock } = this.#options
    const { decision, crashes } = decideOnCrash(this.#crashes, clock.monotonic())
    this.#crashes = crashes
    if (decision === 'reload') {
      window.webContents.reload()
      return
    }
    void this.ask({
      type: 'error',
      message: 'The window keeps crashing',
      detail: 'Nothing you wrote is lost. The log has more (Help, Show Logs).',
      buttons: ['Try Again', 'Quit Ferry'],
      defaultId: 0,
      cancelId: 0,
    }).then((button) => {
      if (button === 1) app.quit()
      else if (!window.isDestroyed()) window.webContents.reload()
    })
  }
}
