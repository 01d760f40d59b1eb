import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Results } from '../../../protocol/ipc/api.ts'
import type {
  AppEvent,
  AppState,
  ConversationView,
  MessageView,
} from '../../../protocol/ipc/views.ts'
import type { Id } from '../../../protocol/model/primitives.ts'
import { openStore } from '../../store/open-store.ts'
import type { ProfileStore } from '../../store/profile-store.ts'
import { temporaryFolder } from '../../store/test-support/temporary-folder.ts'
import { createEngine, type EngineParts } from '../engine.ts'
import type { Engine } from '../engine-api.ts'
import type { BundledAddress, BundledServer, HostPorts, Logger } from '../ports.ts'
import { ServerDataDamaged } from '../server-data-damaged.ts'
import { FakeServer } from './fake-server.ts'
import { FakeLine } from './fake-transport.ts'
import { VirtualTime } from './virtual-time.ts'

export const SERVER_URL = 'https://server.test'

/** A server process that is there as soon as it is asked for, until told otherwise. */
/** What the bundled server takes accounts for. */
export const APP_SECRET = 'known to this app alone'

class FakeBundledServer implements BundledServer {
  port = 1000
  starts = 0
  stops = 0
  fails = false
  readonly #listeners = new Set<() => void>()

  async start(): Promise<BundledAddress> {
    this.starts += 1
    if (this.isDamaged) throw new ServerDataDamaged('test')
    if (this.fails) throw new Error('the server did not listen in time')
    return { url: `http://127.0.0.1:${this.port}`, appSecret: APP_SECRET }
  }

  async stop(): Promise<void> {
    this.stops += 1
  }

  readonly database = '/profile/server/server.db'
  isDamaged = false
  setsAside = 0

  async setDataAside(): Promise<void> {
    this.setsAside += 1
    this.isDamaged = false
  }

  onUnexpectedExit(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  /** The process ends by itself; the next one listens elsewhere. */
  crash(): void {
    this.port += 1
    for (const listener of [...this.#listeners]) listener()
  }
}

/** Everything a test of the engine needs: time, a server, a way to it, a profile folder, and what the screen was told. */
export class TestBench {
  readonly time = new VirtualTime()
  readonly server = new FakeServer(() => this.time.now())
  readonly line = new FakeLine(this.server, this.time)
  readonly bundledServer = new FakeBundledServer()
  readonly folder = temporaryFolder()
  readonly events: AppEvent[] = []
  readonly logged: { level: string; fields: object; message: string }[] = []
  engine: Engine
  serverUrlOverride: string | null = null
  /** What the secrets are sealed with; another value cannot open them. */
  sealedWith = 'key'
  readonly #parts: Partial<EngineParts>

  constructor(parts: Partial<EngineParts> = {}) {
    this.#parts = parts
    this.engine = this.#make()
  }

  /** A user who is signed in, with one group conversation with `bob`. */
  async signedIn(): Promise<{ me: Id; bob: Id; conversation: Id }> {
    await this.engine.start()
    const me = this.server.addUser('me')
    const bob = this.server.addUser('bob')
    const { id } = this.server.createConversation(me.id, 'Harbour', [bob.id])
    await this.signIn('me')
    return { me: me.id, bob: bob.id, conversation: id }
  }

  async signIn(username: string): Promise<Results['signIn']> {
    const answer = await this.act(
      this.engine.handlers.signIn({ serverUrl: SERVER_URL, username, password: 'password' }),
    )
    await this.time.advance(100)
    return answer
  }

  /** Waits for an answer, while everything happens that needs no time. */
  async act<T>(answer: Promise<T>): Promise<T> {
    const [result] = await Promise.all([answer, this.time.settle()])
    await this.time.settle()
    return result
  }

  /** Sends a message; its key. */
  async send(conversation: Id, body: string, key: string = randomUUID()): Promise<string> {
    const answer = await this.act(this.engine.handlers.sendMessage({ key, conversation, body }))
    if (!answer.ok) throw new Error(`not sent: ${answer.failure.code}`)
    return key
  }

  /** The process is gone at once: nothing is finished, and a new one starts on the same folder. */
  async killAndRestart(): Promise<void> {
    this.abandon()
    await this.restart()
  }

  /** The process is gone at once. What it still wanted to do never happens. */
  abandon(): void {
    this.line.forget()
    this.time.forget()
  }

  /** The next process, as far as its opened store. */
  reopen(): void {
    this.engine = this.#make()
    this.engine.open()
  }

  async restart(): Promise<void> {
    this.engine = this.#make()
    await this.engine.start()
    await this.time.advance(100)
  }

  /** Works on the database while no engine does. */
  withStore(work: (store: ProfileStore) => void): void {
    const opened = openStore(this.database, () => this.time.now())
    if (!opened.ok) throw opened.error
    opened.store.transaction(() => work(opened.store))
    opened.store.close()
  }

  /** Changes rows behind the engine's back. */
  damage(sql: string): void {
    const db = new Database(this.database)
    db.exec(sql)
    db.close()
  }

  get database(): string {
    return join(this.folder.path, 'ferry.db')
  }

  /** The line is cut, and known to be. */
  async offline(): Promise<void> {
    this.line.down()
    await this.time.settle()
  }

  /** The line is whole again, and used at once. */
  async online(): Promise<void> {
    this.line.up()
    await this.engine.handlers.tryNow(undefined)
    await this.time.advance(100)
  }

  state(): Promise<AppState> {
    return this.engine.handlers.getState(undefined)
  }

  async conversation(id: Id): Promise<ConversationView | undefined> {
    const all = await this.engine.handlers.listConversations(undefined)
    return all.find((view) => view.id === id)
  }

  /** The newest page. */
  async messages(conversation: Id, limit = 50): Promise<MessageView[]> {
    const page = await this.act(this.engine.handlers.getMessages({ conversation, limit }))
    if (!page.ok) throw new Error(`no page: ${page.failure.code}`)
    return page.value.messages
  }

  async message(conversation: Id, key: string): Promise<MessageView | undefined> {
    return (await this.messages(conversation, 200)).find((view) => view.key === key)
  }

  async bodies(conversation: Id): Promise<(string | null)[]> {
    return (await this.messages(conversation, 200)).map((view) => view.body)
  }

  /** What the screen was told since the last time it was asked. */
  told(): AppEvent[] {
    return this.events.splice(0)
  }

  async dispose(): Promise<void> {
    await this.act(this.engine.close())
    this.folder.remove()
  }

  #make(): Engine {
    const engine = createEngine(this.#host(), {
      network: { transport: this.line.factory, accounts: this.server },
      ...this.#parts,
    })
    engine.subscribe((event) => this.events.push(event))
    return engine
  }

  #host(): HostPorts {
    const log = (level: string) => (fields: object, message: string) => {
      this.logged.push({ level, fields, message })
    }
    const logger: Logger = {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
    }
    return {
      clock: this.time,
      timers: this.time,
      random: () => 0.5,
      bundledServer: this.bundledServer,
      secretBox: {
        seal: (plain) => new TextEncoder().encode(`${this.sealedWith} ${plain}`),
        open: (sealed) => {
          const [key, plain] = new TextDecoder().decode(sealed).split(' ')
          return key === this.sealedWith ? (plain ?? null) : null
        },
      },
      serverUrlOverride: this.serverUrlOverride,
      profileDir: this.folder.path,
      logger,
      platform: 'linux',
    }
  }
}
