import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestInfo } from 'playwright/test'
import { FaultProxy } from './fault-proxy.ts'
import { FerryApp } from './ferry-app.ts'
import { ServerProcess } from './server-process.ts'

/** Long enough for the server, the same for everybody. */
export const PASSWORD = 'correct horse battery'

/** How long one picture may take, in ms. */
const PICTURE_MS = 5_000

/** What a test runs in: a temporary folder, and all that was started in it. */
export class Bootstrap {
  readonly #electron: string
  readonly #testInfo: TestInfo
  readonly folder: string
  readonly #servers: ServerProcess[] = []
  readonly #proxies: FaultProxy[] = []
  readonly #apps: FerryApp[] = []

  private constructor(electron: string, testInfo: TestInfo, folder: string) {
    this.#electron = electron
    this.#testInfo = testInfo
    this.folder = folder
  }

  static async create(electron: string, testInfo: TestInfo): Promise<Bootstrap> {
    return new Bootstrap(electron, testInfo, await mkdtemp(join(tmpdir(), 'ferry-e2e-')))
  }

  /** A server with its own data; the same `name` again continues with the same data. */
  async startServer(
    options: { name?: string; port?: number; flags?: readonly string[] } = {},
  ): Promise<ServerProcess> {
    const { name = 'server', port = 0, flags = [] } = options
    const dataDir = join(this.folder, name)
    await mkdir(dataDir, { recursive: true })
    const logFile = join(this.folder, `${name}.log`)
    const server = await ServerProcess.start({ dataDir, logFile, port, flags })
    this.#servers.push(server)
    return server
  }

  /** A line to a server, on which things can go wrong. */
  async startProxy(server: ServerProcess): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(server.port)
    this.#proxies.push(proxy)
    return proxy
  }

  /**
   * Starts the app on the profile of this name: a new one the first time, the same one after that. `electron`: another
   * executable than that of all tests.
   */
  async launch(
    profile: string,
    options: { serverUrl?: string; args?: readonly string[]; electron?: string } = {},
  ): Promise<FerryApp> {
    const app = await FerryApp.launch({
      electron: this.#electron,
      profileDir: this.profileDir(profile),
      outputFile: join(this.folder, `${profile}.out`),
      ...options,
    })
    this.#apps.push(app)
    return app
  }

  profileDir(profile: string): string {
    return join(this.folder, `profile-${profile}`)
  }

  /** A new person with an account, at a screen that is online. */
  async signUp(username: string, serverUrl: string): Promise<FerryApp> {
    const app = await this.launch(username, { serverUrl })
    await app.welcome.createAccount({ username, password: PASSWORD })
    await expect(app.connection.status).toHaveText('Online')
    return app
  }

  /** Keeps what there is to see of a failure, ends all that was started, removes the folder. */
  async tearDown(): Promise<void> {
    const failed = this.#testInfo.status !== this.#testInfo.expectedStatus
    if (failed) await this.#keepPictures()
    await Promise.all(this.#apps.filter(({ alive }) => alive).map((app) => app.kill()))
    await Promise.all(this.#servers.map((server) => server.kill()))
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()))
    if (failed) await this.#keepLogs()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** What each app shows that still runs; one that no longer answers holds up nothing. */
  async #keepPictures(): Promise<void> {
    for (const [index, app] of this.#apps.filter(({ alive }) => alive).entries()) {
      const path = this.#testInfo.outputPath(`app-${index + 1}.png`)
      const failure = await app.page.screenshot({ path, timeout: PICTURE_MS }).then(
        () => null,
        (error: unknown) => `no picture of app ${index + 1}: ${error}`,
      )
      if (failure === null) {
        await this.#testInfo.attach(`app-${index + 1}`, { path, contentType: 'image/png' })
      } else process.stderr.write(`${failure}\n`)
    }
  }

  /** The log and the output of each app, and every server's log. */
  async #keepLogs(): Promise<void> {
    const logs = [
      ...this.#apps.flatMap(({ logFile, outputFile }) => [logFile, outputFile]),
      ...this.#apps.map(({ profileDir }) => join(profileDir, 'logs', 'server.log')),
      ...this.#servers.map(({ logFile }) => logFile),
    ]
    for (const path of new Set(logs)) {
      if (!existsSync(path)) continue
      const name = path.slice(this.folder.length + 1).replaceAll('/', '-')
      await this.#testInfo.attach(name, { path, contentType: 'text/plain' })
    }
  }
}
