import type {
  AppEvent,
  AppState,
  Notice,
  RepairWay,
  StorageView,
} from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { exportReadable } from '../store/export-readable.ts'
import type { Kept } from '../store/kept-table.ts'
import { openStore } from '../store/open-store.ts'
import { ProfileFiles } from '../store/profile-files.ts'
import { type StorageError, storageErrorOf } from '../store/storage-error.ts'
import { AccountFlow } from './account-flow.ts'
import { BundledAccount } from './bundled-account.ts'
import { Changes } from './changes.ts'
import { describeChanges } from './describe-changes.ts'
import { Emitter } from './emitter.ts'
import type { Engine, EngineHandlers } from './engine-api.ts'
import { createHandlers } from './handlers.ts'
import { systemNetwork } from './network.ts'
import { OtherAccounts } from './other-accounts.ts'
import type { HostPorts, NetworkPorts } from './ports.ts'
import { Profile } from './profile.ts'
import { ProfileDatabase } from './profile-database.ts'
import { LoopStopped } from './turn-loop.ts'
import { placeName, Unreadable } from './unreadable.ts'
import { appState } from './views/app-state.ts'
import { WatchedServer } from './watched-server.ts'

/** How long after the store failed it is tried again, in ms. */
const REOPEN_MS = 5_000

/** What can be replaced for a test: the network and the disk. */
export interface EngineParts {
  readonly network: NetworkPorts
  readonly open: typeof openStore
}

/** Makes the engine of one profile. Nothing is touched before `start`. */
export function createEngine(host: HostPorts, parts: Partial<EngineParts> = {}): Engine {
  const { network = systemNetwork(host), open = openStore } = parts
  return new ProfileEngine(host, { network, open })
}

class ProfileEngine implements Engine {
  readonly handlers: EngineHandlers
  readonly #host: HostPorts
  readonly #parts: EngineParts
  readonly #files: ProfileFiles
  readonly #database: ProfileDatabase
  readonly #others: OtherAccounts
  readonly #changes = new Changes()
  readonly #emitter: Emitter
  readonly #listeners = new Set<(event: AppEvent) => void>()
  readonly #bundled: BundledAccount
  readonly #server: WatchedServer
  #profile: Profile | null = null
  #storage: StorageView = { status: 'ok' }
  #notice: Notice | null = null
  #isStarting = false
  #cancelReopen: () => void = () => undefined
  /** What made the profile fail since the start: once is an accident, twice is not healed by setting it aside. */
  readonly #aside = new Set<string>()
  /** Conversations of the profile that was left last. */
  #shown: readonly Id[] = []
  #isOpened = false
  #isClosed = false

  constructor(outer: HostPorts, parts: EngineParts) {
    this.#server = new WatchedServer(outer, () => this.#changes.state())
    const host = { ...outer, bundledServer: this.#server }
    this.#host = host
    this.#parts = parts
    this.#files = new ProfileFiles(host.profileDir)
    const { clock, timers, logger, serverUrlOverride } = host
    this.#database = new ProfileDatabase({ host, files: this.#files, open: parts.open })
    this.#others = new OtherAccounts({ files: this.#files, logger, serverUrlOverride })
    this.#emitter = new Emitter({
      clock,
      timers,
      changes: this.#changes,
      describe: (set) =>
        this.#reading([], () =>
          describeChanges(set, this.#profile?.core ?? null, () => this.#state()),
        ),
      emit: (event) => this.#emit(event),
      isBulk: () => this.#profile?.loop.hasBulk === true,
    })
    const profile = () => this.#profile
    const switchTo = (aside: string | null) => this.#switchTo(aside)
    const ground = { profile, others: this.#others, switchTo }
    const accounts = new AccountFlow({ host, network: parts.network, ground })
    this.#bundled = new BundledAccount({ host, network: parts.network, flow: accounts, profile })
    this.handlers = createHandlers({
      profile,
      state: () => this.#state(),
      accounts,
      bundled: this.#bundled,
      starting: (work) => this.#starting(work),
      tryNow: () => this.#tryNow(),
      server: this.#server,
      repair: (way) => this.#repair(way),
      reading: (fallback, work) => this.#reading(fallback, work),
      storageFailure: (error) => this.#storageFailure(error),
    })
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  open(): void {
    if (this.#isOpened) return
    this.#isOpened = true
    this.#open()
  }

  async start(): Promise<void> {
    this.open()
    const profile = this.#profile
    this.#readOthers()
    profile?.loop.wake()
    // Whoever signed in meanwhile has connected already.
    if (this.#isClosed || profile === null || profile.isConnecting) return
    profile.connect()
    this.#continuePlan(profile)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelReopen()
    const usedBundledServer = this.usesBundledServer()
    this.#finish()
    this.#emitter.stop()
    if (usedBundledServer) await this.#host.bundledServer.stop()
  }

  powerSuspended(): void {
    this.#host.logger.info({}, 'the system goes to sleep')
  }

  powerResumed(): void {
    this.#profile?.reconnect()
  }

  waitingCount(): number {
    return this.#profile?.counts.waiting ?? 0
  }

  unreadTotal(): number {
    return this.#profile?.core?.workspace.unreadTotal() ?? 0
  }

  usesBundledServer(): boolean {
    return this.#isStarting || this.#profile?.account?.server.kind === 'bundled'
  }

  exportReadable(path: string): Promise<{ rows: number; unreadable: number }> {
    return exportReadable(this.#files.database, path)
  }

  #state(): AppState {
    const { platform, serverUrlOverride, clock } = this.#host
    return appState({
      isOpen: this.#profile !== null,
      account: this.#profile?.account ?? null,
      otherAccounts: this.#others.views,
      isStarting: this.#isStarting,
      serverUrlOverride,
      connection: this.#profile?.connection ?? { status: 'stopped' },
      counts: this.#profile?.counts ?? { waiting: 0, failed: 0 },
      undoable: this.#profile?.undoable ?? [],
      storage: this.#storage,
      damagedServer: this.#server.damaged,
      notice: this.#notice,
      lastConversation: this.#profile?.core?.workspace.lastConversation ?? null,
      platform,
      monotonicMs: clock.monotonic(),
    })
  }

  #emit(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** Opens the database; null when it cannot be used, which is shown. */
  #open(aside: Kept | null = null): Profile | null {
    const opened = this.#database.open()
    if (!opened.ok) {
      this.#storageFailed(opened.error, 'unopened')
      return null
    }
    try {
      if (aside !== null) opened.store.transaction(() => opened.store.keep(aside))
      this.#profile = this.#profileOver(opened.store)
    } catch (error) {
      opened.store.close()
      this.#failed(error)
      return null
    }
    this.#storage = { status: 'ok' }
    this.#changes.state()
    return this.#profile
  }

  #profileOver(store: Profile['store']): Profile {
    const profile: Profile = new Profile({
      host: this.#host,
      network: this.#parts.network,
      store,
      changes: this.#changes,
      emit: (event) => this.#emit(event),
      notify: (notice) => {
        this.#notice = notice
        this.#changes.state()
      },
      // Within bulk work the frame's timer tells, in a task of its own [S6].
      turned: () => {
        if (!profile.loop.hasBulk) this.#emitter.flushIfDue()
      },
      failed: (error) => {
        if (this.#profile === profile) this.#failed(error)
      },
      renew: (of) => this.#bundled.renew(of),
      wasSetAside: (place) => this.#aside.has(placeName(place)),
    })
    return profile
  }

  /** The profile cannot go on: it is left, and made anew from what is stored. */
  #failed(error: unknown): void {
    const storageError = storageErrorOf(error)
    if (storageError !== null) {
      this.#storageFailed(storageError)
      return
    }
    this.#host.logger.error({ err: error }, 'the profile is opened anew, as something is wrong')
    this.#leave()
    if (error instanceof Unreadable && this.#setAside(error.kept)) return
    this.#storage = this.#database.failure('unexpected')
    this.#changes.state()
    this.#reopenLater()
  }

  /** What came and made the profile fail is kept unread, and all goes on without it [O9]. Whether that was tried. */
  #setAside(kept: Kept): boolean {
    const place = placeName(kept)
    if (this.#isClosed || this.#aside.has(place)) return false
    this.#aside.add(place)
    const profile = this.#open(kept)
    if (profile !== null) this.#resume(profile)
    return true
  }

  #storageFailed(error: StorageError, at: 'unopened' | 'at-work' = 'at-work'): void {
    const { reason } = error
    this.#host.logger.error({ err: error, reason }, 'the database cannot be used')
    this.#leave()
    const isToMend = reason === 'corrupt' && at === 'at-work' && !this.#isClosed
    if (isToMend && this.#goOnAfter(this.#database.mend())) return
    this.#storage = this.#database.failure(reason)
    this.#changes.state()
    // What is damaged, or of another program, does not change by waiting.
    if (reason === 'disk_full' || reason === 'read_only') this.#reopenLater()
  }

  /** The user chose one of the ways; whether that was done. */
  #repair(way: RepairWay): boolean {
    const storage = this.#storage
    if (storage.status === 'ok') return false
    return storage.ways.includes(way) && this.#goOnAfter(this.#database.repair(way))
  }

  /** Other files stand there now; the screen forgets what they do not know. null: nothing was done. */
  #goOnAfter(notice: Notice | null): boolean {
    if (notice === null) return false
    this.#notice = notice
    this.#reopen()
    const present = new Set(this.#profile?.shown)
    const removed = this.#shown.filter((id) => !present.has(id))
    if (removed.length > 0) this.#emit({ type: 'conversations', upserted: [], removed })
    return true
  }

  /** Ends the open profile in good order. */
  #finish(): void {
    this.#reading(undefined, () => this.#profile?.finish())
    this.#emitter.flush()
    this.#leave()
  }

  #leave(): void {
    const profile = this.#profile
    this.#profile = null
    if (profile === null) return
    this.#shown = profile.shown
    profile.close()
  }

  #reopenLater(): void {
    this.#cancelReopen()
    if (!this.#isClosed) {
      this.#cancelReopen = this.#host.timers.set(REOPEN_MS, () => this.#reopen())
    }
  }

  #reopen(): void {
    this.#cancelReopen()
    if (this.#isClosed || this.#profile !== null) return
    const profile = this.#open()
    if (profile !== null) this.#resume(profile)
  }

  #resume(profile: Profile): void {
    this.#tellAll(profile)
    profile.loop.wake()
    profile.connect()
  }

  #tellAll(profile: Profile): void {
    for (const id of profile.shown) this.#changes.conversation(id)
    this.#changes.outbox()
  }

  /** Puts the open profile aside and opens another one; the screen forgets the conversations of the first. */
  #switchTo(aside: string | null): Profile | null {
    const left = this.#profile
    if (left === null) return null
    const user = left.account?.user.id ?? ''
    this.#finish()
    try {
      this.#files.swap({ user }, aside)
    } catch (error) {
      this.#host.logger.error({ err: error }, 'the data of an account cannot be put aside')
      this.#reopen()
      return null
    }
    this.#notice = null
    this.#emit({ type: 'conversations', upserted: [], removed: [...this.#shown] })
    this.#readOthers()
    const opened = this.#open()
    if (opened !== null) this.#tellAll(opened)
    return opened
  }

  #readOthers(): void {
    const before = this.#others.views.length
    this.#others.read()
    if (this.#others.views.length + before > 0) this.#changes.state()
  }

  async #starting<T>(work: () => Promise<T>): Promise<T> {
    this.#isStarting = this.#profile?.account === null
    this.#changes.state()
    try {
      return await work()
    } finally {
      this.#isStarting = false
      this.#changes.state()
    }
  }

  /** A first start that was interrupted after the account was made still gets its first conversation. */
  #continuePlan(profile: Profile): void {
    if (profile.account?.session !== 'signed-in') return
    if (profile.store.setting('bundledPlan') === null) return
    void this.#bundled.firstConversation(profile).catch((error: unknown) => {
      if (!(error instanceof LoopStopped)) this.#failed(error)
    })
  }

  #tryNow(): void {
    if (this.#profile === null) this.#reopen()
    else this.#profile.tryNow()
  }

  /** Reads from the store; when that fails, it is shown, and `fallback` is the answer. */
  #reading<T>(fallback: T, work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#storageFailure(error)
      return fallback
    }
  }

  #storageFailure(error: unknown): { code: 'storage_failed' } {
    if (error instanceof LoopStopped || error instanceof Unreadable)
      return { code: 'storage_failed' }
    const storageError = storageErrorOf(error)
    if (storageError === null) throw error
    if (this.#profile !== null) this.#storageFailed(storageError)
    return { code: 'storage_failed' }
  }
}
