import { type Bootstrap, PASSWORD } from './bootstrap.ts'
import type { FerryApp } from './ferry-app.ts'
import { test as base, expect } from './fixtures.ts'
import { FrameProxy } from './frame-proxy.ts'
import { ARRIVED } from './pages/conversation-page.ts'
import { Peer } from './peer.ts'
import { ProfileDatabase } from './profile-database.ts'
import type { ServerProcess } from './server-process.ts'

export { expect } from './fixtures.ts'

/** Names of who is there: Ada is at the app, Bo at a light client. */
export const APP_USER = 'ada'
const PEER_USER = 'bo'
export const GROUP = 'Harbour'

/** Ada's app, online over a line of the test's choice, in the group "Harbour" with Bo. */
export class Harbour {
  readonly world: Bootstrap
  readonly server: ServerProcess
  /** Where the app finds the server. */
  readonly lineUrl: string
  readonly peer: Peer
  /** Id of the group. */
  readonly group: string
  readonly database: ProfileDatabase
  app: FerryApp
  readonly #peers: Peer[] = []

  private constructor(options: {
    world: Bootstrap
    server: ServerProcess
    lineUrl: string
    peer: Peer
    group: string
    app: FerryApp
  }) {
    this.world = options.world
    this.server = options.server
    this.lineUrl = options.lineUrl
    this.peer = options.peer
    this.group = options.group
    this.app = options.app
    this.database = new ProfileDatabase(options.app.profileDir)
    this.#peers.push(options.peer)
  }

  /** Signs both up, and opens the group on the app's screen. */
  static async open(world: Bootstrap, server: ServerProcess, lineUrl: string): Promise<Harbour> {
    const app = await world.signUp(APP_USER, lineUrl)
    const peer = await Peer.connect({
      serverUrl: server.url,
      username: PEER_USER,
      account: 'new',
    })
    const group = await peer.createGroup(GROUP, [APP_USER])
    await app.sidebar.open(GROUP)
    return new Harbour({ world, server, lineUrl, peer, group, app })
  }

  /** Another device of Ada's, straight at the server. */
  async otherDevice(device?: string): Promise<Peer> {
    const peer = await Peer.connect({
      serverUrl: this.server.url,
      username: APP_USER,
      account: 'existing',
      ...(device === undefined ? {} : { device }),
    })
    this.#peers.push(peer)
    return peer
  }

  /** Another light client as Bo, for when the server has ended the first one's connection. */
  async peerAgain(): Promise<Peer> {
    const peer = await Peer.connect({
      serverUrl: this.server.url,
      username: PEER_USER,
      account: 'existing',
    })
    this.#peers.push(peer)
    return peer
  }

  /** Starts the app again on its profile, and opens the group. */
  async restart(): Promise<void> {
    this.app = await this.world.launch(APP_USER, { serverUrl: this.lineUrl })
    await this.app.sidebar.open(GROUP)
  }

  /** Types Ada's password into the form that is shown when she was signed out. */
  async signInAgain(): Promise<void> {
    const form = this.app.page.getByRole('form', { name: 'Sign in again' })
    await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  /** Does not wait for the next try: "Try now" as often as it is offered, until the app is online. */
  async goOnline(): Promise<void> {
    const { tryNow, status } = this.app.connection
    await expect(async () => {
      if (await tryNow.isVisible()) await tryNow.click({ timeout: 1_000 })
      await expect(status).toHaveText('Online', { timeout: 1_000 })
    }).toPass({ timeout: 30_000 })
  }

  async send(bodies: readonly string[]): Promise<void> {
    for (const body of bodies) await this.app.composer.send(body)
  }

  /**
   * All of `bodies`, each once, in this order: at the server, at Bo, and on Ada's screen, where nothing waits any more
   * [O2, O3].
   */
  async expectAllOnce(
    bodies: readonly string[],
    { peer = this.peer, timeout = 30_000 }: { peer?: Peer; timeout?: number } = {},
  ): Promise<void> {
    await expect(this.app.outbox.button).toHaveAccessibleName('Outbox (0)', { timeout })
    await expect.poll(() => peer.bodies(this.group).length, { timeout }).toBe(bodies.length)
    expect(await peer.stored(this.group)).toEqual(bodies)
    expect(peer.bodies(this.group)).toEqual(bodies)
    expect(peer.anomalies).toEqual([])
    await expect
      .poll(() => this.#onScreen(bodies), { timeout })
      .toEqual(bodies.map((body) => ({ body, arrived: true })))
  }

  async #onScreen(bodies: readonly string[]): Promise<{ body: string; arrived: boolean }[]> {
    const shown = await this.app.conversation.readAll()
    return shown.map(({ text, state }) => ({
      body: bodies.find((body) => text.includes(body)) ?? text,
      arrived: ARRIVED.includes(state),
    }))
  }

  close(): void {
    for (const peer of this.#peers) peer.close()
  }
}

/** `count` texts that tell their place, none of which is part of another. */
export function numbered(word: string, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => {
    return `${word} ${String(from + index).padStart(3, '0')}`
  })
}

/** A world with a server in it, and lines that read the protocol; all of it ends with the test. */
export const test = base.extend<{
  server: ServerProcess
  frameProxy: FrameProxy
  enter: (lineUrl: string) => Promise<Harbour>
}>({
  server: async ({ world }, use) => {
    await use(await world.startServer())
  },
  frameProxy: async ({ server }, use) => {
    const proxy = await FrameProxy.start(server.url)
    await use(proxy)
    await proxy.stop()
  },
  enter: async ({ world, server }, use) => {
    const entered: Harbour[] = []
    await use(async (lineUrl) => {
      const harbour = await Harbour.open(world, server, lineUrl)
      entered.push(harbour)
      return harbour
    })
    for (const harbour of entered) harbour.close()
  },
})
