import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright/test'
import { exitOf, killHard } from './child-exit.ts'
import { AppScreen } from './pages/app-screen.ts'
import { childEnvironment, PROJECT_FOLDER } from './project.ts'

/** The architecture whose folder electron-builder gives no suffix. */
const PLAIN_ARCH = 'x64'

/** Where electron-builder leaves the unpacked program of a system, below a folder whose name may have a suffix. */
const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, [folder: string, program: string]>>> = {
  linux: ['linux-unpacked', 'ferry'],
  darwin: ['mac', 'Ferry.app/Contents/MacOS/Ferry'],
  win32: ['win-unpacked', 'Ferry.exe'],
}

/** `mac-arm64`, `linux-arm64-unpacked`: the architecture follows the system's name. */
function folderFor(folder: string, arch: string): string {
  return arch === PLAIN_ARCH ? folder : folder.replace(/^[a-z]+/, `$&-${arch}`)
}

/** Packs the program as `npm run package -- --dir` does; the path of its executable. */
export async function packProgram(): Promise<string> {
  const script = join(PROJECT_FOLDER, 'scripts', 'package.mjs')
  await promisify(execFile)(process.execPath, [script, '--dir'], {
    cwd: PROJECT_FOLDER,
    maxBuffer: 64 * 1024 * 1024,
  })
  const program = PROGRAMS[process.platform]
  if (program === undefined) throw new Error(`Ferry is not packed for ${process.platform}`)
  const [folder, file] = program
  return join(PROJECT_FOLDER, 'release', folderFor(folder, process.arch), file)
}

/**
 * The program as it is shipped. Its fuses forbid the inspector, so it is driven over the debugging port of its window
 * alone.
 */
export class PackedApp extends AppScreen {
  readonly #process: ChildProcess
  readonly #browser: Browser

  private constructor(child: ChildProcess, browser: Browser, screen: AppScreen) {
    super(screen.page)
    this.#process = child
    this.#browser = browser
  }

  /** Starts the program on a profile and waits for its first painted frame. */
  static async launch(program: string, profileDir: string): Promise<PackedApp> {
    const child = spawn(
      program,
      ['--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profileDir}`],
      { env: childEnvironment({ FERRY_REPORT_PAINTED: '1' }), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const [endpoint] = await Promise.all([
      lineOf(child, child.stderr, /^DevTools listening on (ws:\S+)/),
      lineOf(child, child.stdout, /^PAINTED (\d+)/),
    ])
    const browser = await chromium.connectOverCDP(endpoint)
    const page = browser.contexts()[0]?.pages()[0]
    if (page === undefined) throw new Error('the program has no window')
    return new PackedApp(child, browser, new AppScreen(page))
  }

  /** SIGTERM, as the end of a session would. Resolves to the exit code. */
  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM')
    await exitOf(this.#process)
    await this.#browser.close()
    return this.#process.exitCode
  }

  async kill(): Promise<void> {
    await killHard(this.#process)
  }
}

/** The first group of the first line that fits; rejects when the process ends before. */
async function lineOf(
  child: ChildProcess,
  stream: NodeJS.ReadableStream,
  pattern: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stream }).on('line', (line) => {
      const found = pattern.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the program ended with code ${code}`)))
  })
}
