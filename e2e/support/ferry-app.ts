import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright/test'
import { exitOf, killHard } from './child-exit.ts'
import { ComposerPage } from './pages/composer-page.ts'
import { ConnectionStatus } from './pages/connection-status.ts'
import { ConversationPage } from './pages/conversation-page.ts'
import { OutboxPanel } from './pages/outbox-panel.ts'
import { Sidebar } from './pages/sidebar.ts'
import { WelcomePage } from './pages/welcome-page.ts'
import { childEnvironment, PROJECT_FOLDER } from './project.ts'

export interface LaunchOptions {
  readonly electron: string
  readonly profileDir: string
  /** FERRY_SERVER_URL; without it the app brings its own server. */
  readonly serverUrl?: string
  /** More of the command line. */
  readonly args?: readonly string[]
  /** Where what it prints is kept. */
  readonly outputFile: string
}

/** One run of the real app: a process, its window, and the parts of the screen by their names. */
export class FerryApp {
  readonly electron: ElectronApplication
  readonly #process: ChildProcess
  readonly page: Page
  readonly profileDir: string
  readonly welcome: WelcomePage
  readonly sidebar: Sidebar
  readonly conversation: ConversationPage
  readonly composer: ComposerPage
  readonly outbox: OutboxPanel
  readonly connection: ConnectionStatus

  private constructor(electron: ElectronApplication, page: Page, profileDir: string) {
    this.electron = electron
    this.#process = electron.process()
    this.page = page
    this.profileDir = profileDir
    this.welcome = new WelcomePage(page)
    this.sidebar = new Sidebar(page)
    this.conversation = new ConversationPage(page)
    this.composer = new ComposerPage(page)
    this.outbox = new OutboxPanel(page)
    this.connection = new ConnectionStatus(page)
  }

  /** Starts the app on a profile and waits for its window. */
  static async launch(options: LaunchOptions): Promise<FerryApp> {
    const { electron: executablePath, profileDir, serverUrl, args = [], outputFile } = options
    const electron = await _electron.launch({
      executablePath,
      args: [`--user-data-dir=${profileDir}`, ...args, PROJECT_FOLDER],
      env: childEnvironment(serverUrl === undefined ? {} : { FERRY_SERVER_URL: serverUrl }),
    })
    const output = createWriteStream(outputFile, { flags: 'a' })
    electron.process().stdout?.pipe(output)
    electron.process().stderr?.pipe(output)
    return new FerryApp(electron, await electron.firstWindow(), profileDir)
  }

  get alive(): boolean {
    const { exitCode, signalCode } = this.#process
    return exitCode === null && signalCode === null
  }

  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error('the app was never started')
    return pid
  }

  /** How it ended by itself; null while it runs, or when a signal ended it. */
  get exitCode(): number | null {
    return this.#process.exitCode
  }

  get logFile(): string {
    return join(this.profileDir, 'logs', 'main.log')
  }

  /** From the first screen to a conversation of one's own, on the server that the app brings along. */
  async startOnThisComputer(name: string): Promise<void> {
    await this.welcome.name.fill(name)
    await this.welcome.startOnThisComputer.click()
    await this.composer.box.waitFor()
  }

  /** Quits like a program that drives the app: without a question. */
  async quit(): Promise<void> {
    if (this.alive) await this.electron.close()
  }

  /** SIGKILL to the main process, at this instant. */
  async kill(): Promise<void> {
    await killHard(this.#process)
  }

  /** Waits until the process has ended by itself. */
  async ended(): Promise<void> {
    await exitOf(this.#process)
  }
}
