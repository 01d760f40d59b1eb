import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, errors, type Page } from 'playwright/test'
import { exitOf, killHard } from './child-exit.ts'
import { AppScreen } from './pages/app-screen.ts'
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

/** How long an app may take until the driver has attached to it, in ms. */
const ATTACH_MS = 30_000

/**
 * Starts an app and attaches to it. Once in some hundred starts the driver does not get that far, and nothing says why;
 * that is reported and begun anew, once. Any other failure is the test's.
 */
async function attach(options: Parameters<typeof _electron.launch>[0]) {
  try {
    return await _electron.launch(options)
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error
    process.stderr.write(`no driver attached within ${ATTACH_MS} ms, starting anew: ${error}\n`)
    return await _electron.launch(options)
  }
}

/** One run of the real app: a process, its window, and the parts of the screen by their names. */
export class FerryApp extends AppScreen {
  readonly electron: ElectronApplication
  readonly #process: ChildProcess
  readonly profileDir: string
  /** What it printed, this run and those before it. */
  readonly outputFile: string

  private constructor(electron: ElectronApplication, page: Page, options: LaunchOptions) {
    super(page)
    this.electron = electron
    this.#process = electron.process()
    this.profileDir = options.profileDir
    this.outputFile = options.outputFile
  }

  /** Starts the app on a profile and waits for its window. */
  static async launch(options: LaunchOptions): Promise<FerryApp> {
    const { electron: executablePath, profileDir, serverUrl, args = [], outputFile } = options
    const electron = await attach({
      executablePath,
      args: [`--user-data-dir=${profileDir}`, ...args, PROJECT_FOLDER],
      env: childEnvironment(serverUrl === undefined ? {} : { FERRY_SERVER_URL: serverUrl }),
      timeout: ATTACH_MS,
    })
    const output = createWriteStream(outputFile, { flags: 'a' })
    electron.process().stdout?.pipe(output)
    electron.process().stderr?.pipe(output)
    return new FerryApp(electron, await electron.firstWindow(), options)
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
