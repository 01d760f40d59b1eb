import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { PASSWORD } from '../../e2e/support/bootstrap.ts'
import { FaultProxy } from '../../e2e/support/fault-proxy.ts'
import { FerryApp } from '../../e2e/support/ferry-app.ts'
import { Peer } from '../../e2e/support/peer.ts'
import { ProfileDatabase } from '../../e2e/support/profile-database.ts'
import { findElectron } from '../../e2e/support/project.ts'
import { ServerProcess } from '../../e2e/support/server-process.ts'

/** Requests that a flood keeps under way. */
const WINDOW = 64
/** How often the database is looked at, in ms. */
const LOOK_MS = 50

/** A server, a line to it on which nothing goes wrong unless told, and apps on profiles of their own. */
export class AppScene {
  readonly electron: string
  readonly folder: string
  readonly server: ServerProcess
  readonly line: FaultProxy
  readonly #apps: FerryApp[] = []
  readonly #peers: Peer[] = []

  private constructor(options: {
    electron: string
    folder: string
    server: ServerProcess
    line: FaultProxy
  }) {
    this.electron = options.electron
    this.folder = options.folder
    this.server = options.server
    this.line = options.line
  }

  static async create(): Promise<AppScene> {
    const electron = await findElectron()
    const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-app-'))
    const dataDir = join(folder, 'server')
    await mkdir(dataDir)
    const server = await ServerProcess.start({
      dataDir,
      logFile: join(folder, 'server.log'),
      port: 0,
      flags: ['--rate-limit', '0'],
    })
    const line = await FaultProxy.start(server.port)
    return new AppScene({ electron, folder, server, line })
  }

  profileDir(profile: string): string {
    return join(this.folder, `profile-${profile}`)
  }

  database(profile: string): ProfileDatabase {
    return new ProfileDatabase(this.profileDir(profile))
  }

  /** Starts the app, over the line unless another address is given. */
  async launch(
    profile: string,
    serverUrl = this.line.url,
    args: readonly string[] = [],
  ): Promise<FerryApp> {
    const app = await FerryApp.launch({
      electron: this.electron,
      profileDir: this.profileDir(profile),
      serverUrl,
      args,
      outputFile: join(this.folder, `${profile}.out`),
    })
    this.#apps.push(app)
    return app
  }

  /** A new person at an app that is online. */
  async signUp(
    username: string,
    serverUrl = this.line.url,
    args: readonly string[] = [],
  ): Promise<FerryApp> {
    const app = await this.launch(username, serverUrl, args)
    await app.welcome.createAccount({ username, password: PASSWORD })
    await expect(app.connection.status).toHaveText('Online', { timeout: 30_000 })
    return app
  }

  /** A new person at a light client. */
  async peer(username: string): Promise<Peer> {
    const peer = await Peer.connect({ serverUrl: this.server.url, username, account: 'new' })
    this.#peers.push(peer)
    return peer
  }

  async dispose(): Promise<void> {
    for (const peer of this.#peers) peer.close()
    await Promise.all(this.#apps.filter(({ alive }) => alive).map((app) => app.kill()))
    await this.line.stop()
    await this.server.kill()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Sends `count` messages, by default as a person writes them; resolves with the last one's place in the stream. */
export async function flood(
  peer: Peer,
  conversation: string,
  count: number,
  bodyOf: (number: number) => string = numbered,
): Promise<number> {
  let next = 0
  let head = 0
  const lane = async () => {
    while (next < count) {
      next += 1
      const { seq } = await peer.ask('send', { conversation, body: bodyOf(next) })
      head = Math.max(head, seq)
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane))
  return head
}

const numbered = (number: number): string =>
  `Message ${number}: the ferry leaves at ${number % 24} from pier ${number % 7}`

/** Resolves once a profile has applied a stream up to `seq`. */
export function applied(database: ProfileDatabase, stream: string, seq: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      try {
        if (database.cursor(stream) < seq) return
        clearInterval(timer)
        resolve()
      } catch (error) {
        clearInterval(timer)
        reject(error)
      }
    }, LOOK_MS)
  })
}
