import type {
  CreateAccountRequest,
  CreateSessionRequest,
  Session,
} from '../../protocol/http/accounts.ts'
import type { AppState } from '../../protocol/ipc/views.ts'
import type { Failure } from '../../protocol/wire/failure.ts'
import type { TransportFactory } from '../sync/transport.ts'

/**
 * What the engine needs from the world: everything that touches Electron, the clock, chance or the network comes in
 * here, so that a test can put something predictable in its place.
 */

/** The two clocks. Waits are measured on the steady one, so that a jump of the wall clock cannot bend them. */
export interface Clock {
  /** Wall clock, ms since the epoch: for what is shown or stored. May jump. */
  now(): number
  /** Steady clock, ms since some start of its own: for waits. Never goes back. */
  monotonic(): number
}

/** Calls back later. `set` returns the function that cancels; cancelling twice, or too late, does nothing. */
export interface Timers {
  /** Calls `callback` once, after `delayMs` at the earliest. */
  set(delayMs: number, callback: () => void): () => void
  /** Calls `callback` after what waits now (input, sockets, timers) has had its turn [S6]: setImmediate. */
  defer(callback: () => void): () => void
}

/** A number in [0, 1), for jitter only. Secrets come from node:crypto. */
type Random = () => number

/** Where the bundled server is, and what this app alone can say to it. */
export interface BundledAddress {
  /** http://127.0.0.1:PORT */
  readonly url: string
  /**
   * Made for one run of the server, and kept nowhere: other users of the machine reach its port too, and must not make
   * accounts on it or use up this user's attempts to sign in.
   */
  readonly appSecret: string
}

/** The server that this app brings along, run as a process of its own with its data in the profile folder. */
export interface BundledServer {
  /**
   * Starts it, or returns the one that runs; rejects when it does not listen in time, with ServerDataDamaged when its
   * data are damaged.
   */
  start(): Promise<BundledAddress>
  /** Ends it gracefully; resolves when it is gone. */
  stop(): Promise<void>
  /** Where it has its database. */
  readonly database: string
  /** Sets its data aside, for it to begin without; it is stopped first. Rejects when the files cannot be moved. */
  setDataAside(): Promise<void>
  /** Called when it ended without stop(); the engine starts it again. Returns the function that stops listening. */
  onUnexpectedExit(callback: () => void): () => void
}

/** Encrypts with a key of the system's (safeStorage). Where there is none, stored plain in the 0600 database. */
export interface SecretBox {
  seal(plain: string): Uint8Array
  /** null: this was sealed by another key, or is damaged; the user signs in again. */
  open(sealed: Uint8Array): string | null
}

/** A log of events with fields, as pino has it. Never given message texts, tokens or passwords. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Accounts and sessions over HTTP. Nothing rejects. `serverUrl` is a base address, `http:` or `https:`. */
export interface AccountsApi {
  /** `appSecret`: to the bundled server, which takes accounts from this app alone. */
  createAccount(
    serverUrl: string,
    request: CreateAccountRequest,
    appSecret?: string,
  ): Promise<AccountsOutcome<Session>>
  createSession(
    serverUrl: string,
    request: CreateSessionRequest,
    appSecret?: string,
  ): Promise<AccountsOutcome<Session>>
  deleteSession(serverUrl: string, token: string): Promise<AccountsOutcome<null>>
}

export type AccountsOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/** The network; `main/net` implements it, see network.ts. */
export interface NetworkPorts {
  readonly transport: TransportFactory
  readonly accounts: AccountsApi
}

/** Everything but the network. */
export interface HostPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly bundledServer: BundledServer
  readonly secretBox: SecretBox
  /** FERRY_SERVER_URL: used instead of the bundled server; null for none. */
  readonly serverUrlOverride: string | null
  /** Folder of this profile; it exists and is the user's alone. The database is `ferry.db` in it. */
  readonly profileDir: string
  readonly logger: Logger
  readonly platform: AppState['platform']
}
