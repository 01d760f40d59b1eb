import { randomUUID } from 'node:crypto'
import type { Session } from '../../protocol/http/accounts.ts'
import type { AppEvent, Notice } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { KeptPlace } from '../store/kept-table.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { StoredAccount } from '../store/settings-table.ts'
import type { ConnectionState } from '../sync/connection.ts'
import { type Undoable, undoables } from '../sync/outbox-undo.ts'
import type { Changes } from './changes.ts'
import { Connector } from './connector.ts'
import type { HostPorts, NetworkPorts } from './ports.ts'
import { ProfileCore } from './profile-core.ts'
import { serverUrlOf } from './server-url.ts'
import { TurnLoop } from './turn-loop.ts'
import { DEFAULT_LIMITS } from './views/app-state.ts'
import { outboxCounts } from './views/outbox-views.ts'

export interface ProfilePorts {
  readonly host: HostPorts
  readonly network: NetworkPorts
  readonly store: ProfileStore
  readonly changes: Changes
  readonly emit: (event: AppEvent) => void
  readonly notify: (notice: Notice) => void
  /** Called after every commit. */
  readonly turned: () => void
  /** The store failed, or something is wrong with us: this profile does nothing any more. */
  readonly failed: (error: unknown) => void
  readonly wasSetAside: (place: KeptPlace) => boolean
  /** The server on this computer no longer takes the token: a new one is to be asked for. */
  readonly renew: (profile: Profile) => void
}

/** Where a session was opened, and the password that was made for it, if it was made here. */
export interface SessionOrigin {
  readonly server: StoredAccount['server']
  readonly password?: string
}

/** An open database, the account it belongs to (none: Welcome), and that account's way to its server. */
export class Profile {
  readonly store: ProfileStore
  readonly loop: TurnLoop
  readonly #ports: ProfilePorts
  #account: StoredAccount | null
  #core: ProfileCore | null = null
  #connector: Connector | null = null

  constructor(ports: ProfilePorts) {
    const { store, host } = ports
    this.#ports = ports
    this.store = store
    this.loop = new TurnLoop({
      store,
      defer: (callback) => host.timers.defer(callback),
      monotonic: () => host.clock.monotonic(),
      turned: () => {
        this.#core?.rearm()
        ports.turned()
      },
      failed: ports.failed,
    })
    this.#account = store.setting('account')
    if (this.#account !== null) this.#openCore()
  }

  get account(): StoredAccount | null {
    return this.#account
  }

  /** null: Welcome. */
  get core(): ProfileCore | null {
    return this.#core
  }

  /** The conversations that the screen knows. */
  get shown(): Id[] {
    return [...(this.#core?.workspace.records() ?? [])].map(({ conversation }) => conversation.id)
  }

  get connection(): ConnectionState {
    return this.#connector?.state ?? { status: 'stopped' }
  }

  /** Whether there is somewhere to connect to, by `connect`. */
  get isConnecting(): boolean {
    return this.#connector?.isActive ?? false
  }

  /** What waits and what failed, read markers aside. */
  get counts(): { waiting: number; failed: number } {
    return this.#core === null ? { waiting: 0, failed: 0 } : outboxCounts(this.#core.outbox.state)
  }

  /** What the user can take back. */
  get undoable(): Undoable[] {
    return this.#core === null ? [] : undoables(this.#core.outbox.state)
  }

  /** Whether another account may take this place: the user signed out, and nothing of theirs waits. */
  get isLeft(): boolean {
    const { waiting, failed } = this.counts
    return this.#account?.session === 'ended-by-user' && waiting + failed === 0
  }

  /** Connects as the stored account; does nothing when there is none, or no session. */
  connect(): void {
    const account = this.#account
    if (account?.session !== 'signed-in') return
    const token = this.secret('token')
    if (token === null) {
      this.#endOrRenew(account)
      return
    }
    const common = { token, device: this.store.setting('device') ?? randomUUID() }
    if (account.server.kind === 'bundled') this.#connector?.connect({ kind: 'bundled', ...common })
    else {
      const serverUrl = serverUrlOf(account.server, this.#ports.host.serverUrlOverride)
      this.#connector?.connect({ kind: 'remote', serverUrl, ...common })
    }
  }

  /** Takes a session over: stores it, unparks the outbox [O8], connects. The account is the stored one, or the first. */
  async adopt({ token, user }: Session, { server, password }: SessionOrigin): Promise<void> {
    const limits = this.#account?.limits ?? DEFAULT_LIMITS
    await this.loop.run(() => {
      this.putSecret('token', token)
      if (password !== undefined) this.putSecret('bundledPassword', password)
      if (this.store.setting('device') === null) this.store.putSetting('device', randomUUID())
      this.#putAccount({ user, server, session: 'signed-in', limits })
      if (this.#core === null) this.#openCore()
      this.#core?.outbox.feed({ type: 'signed-in' })
    })
    this.connect()
  }

  /** Ends the session here, as the user wants; everything stays. Answers the token that was in use. */
  async endSession(): Promise<string | null> {
    const token = this.secret('token')
    this.#connector?.disconnect()
    await this.loop.run(() => this.#endSession('ended-by-user'))
    return token
  }

  /** The server ended the session: the user has to sign in again. */
  sessionRefused(): void {
    this.#connector?.disconnect()
    this.loop.post(() => this.#endSession('ended-by-server'))
  }

  tryNow(): void {
    this.#connector?.tryNow()
  }

  reconnect(): void {
    this.#connector?.reconnect()
  }

  /** A sealed value in plain; null when there is none, or it cannot be opened (any more). */
  secret(name: 'token' | 'bundledPassword'): string | null {
    const sealed = this.store.secret(name)
    return sealed === null ? null : this.#ports.host.secretBox.open(sealed)
  }

  /** Seals and stores a value, inside a turn; null removes it. */
  putSecret(name: 'token' | 'bundledPassword', plain: string | null): void {
    this.store.putSecret(name, plain === null ? null : this.#ports.host.secretBox.seal(plain))
  }

  /** Lets go of the network and commits what was taken. The store can still be read. */
  finish(): void {
    this.letGo()
    this.loop.finish()
  }

  /** Lets go of the network and of all timers. */
  letGo(): void {
    this.#connector?.disconnect()
    this.#core?.stop()
  }

  /** The same, and closes the database, if that can still be done. */
  close(): void {
    this.letGo()
    try {
      this.store.close()
    } catch (error) {
      this.#ports.host.logger.warn({ err: error }, 'the database cannot be closed either')
    }
  }

  #openCore(): void {
    const { host, network, store, changes, emit, notify, wasSetAside } = this.#ports
    this.#core = new ProfileCore({
      host,
      network,
      store,
      loop: this.loop,
      changes,
      emit,
      notify,
      wasSetAside,
      account: () => this.#known(),
      learned: (change) => this.#learn(change),
      connectionChanged: (state) => this.#connectionChanged(state),
      signedOut: () => this.#signedOut(),
    })
    this.#connector = new Connector({
      transport: this.#core.transport,
      bundledServer: host.bundledServer,
      clock: host.clock,
      timers: host.timers,
      random: host.random,
      logger: host.logger,
      changed: () => changes.state(),
      hosted: (url) => this.#hosted(url),
      restarted: () => notify({ kind: 'bundled_server_restarted' }),
    })
    if (this.#known().session !== 'signed-in') this.#core.outbox.feed({ type: 'signed-out' })
  }

  /** Inside a turn: no token any more, and the whole outbox parked [O8]. */
  #endSession(session: 'ended-by-user' | 'ended-by-server'): void {
    if (this.#account === null) return
    this.putSecret('token', null)
    this.#putAccount({ ...this.#account, session })
    this.#core?.outbox.feed({ type: 'signed-out' })
  }

  /** A core only exists with an account. */
  #known(): StoredAccount {
    if (this.#account === null) throw new Error('a core without an account')
    return this.#account
  }

  #putAccount(account: StoredAccount): void {
    this.store.putSetting('account', account)
    this.#account = account
    this.#ports.changes.state()
  }

  #learn({ user, limits, peer }: Pick<StoredAccount, 'user' | 'limits' | 'peer'>): void {
    const account = this.#known()
    const next = { ...account, user, limits, ...(peer !== undefined && { peer }) }
    if (JSON.stringify(next) !== JSON.stringify(account)) this.#putAccount(next)
  }

  #hosted(url: string): void {
    this.loop.post(() => {
      const account = this.#known()
      if (account.server.url !== url)
        this.#putAccount({ ...account, server: { kind: 'bundled', url } })
    })
  }

  #connectionChanged(state: ConnectionState): void {
    if (state.status !== 'signed-out') this.#connector?.transportChanged(state)
  }

  /**
   * A server of our own is asked for a new session in silence; at any other, the user is. The end of one session is
   * heard more than once (an answer, the closed line): only the first time counts.
   */
  #signedOut(): void {
    if (this.#account?.session !== 'signed-in' || this.#connector?.isActive !== true) return
    this.#connector.disconnect()
    this.#endOrRenew(this.#account)
  }

  #endOrRenew({ server }: StoredAccount): void {
    if (server.kind === 'bundled') this.#ports.renew(this)
    else this.sessionRefused()
  }
}
