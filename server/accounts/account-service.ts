import type {
  CreateAccountRequest,
  CreateSessionRequest,
  Session,
} from '../../protocol/http/accounts.ts'
import type { User } from '../../protocol/model/user.ts'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import { usernameKey } from '../domain/names.ts'
import { timestamp } from '../domain/rows.ts'
import { isStorableText } from '../domain/text.ts'
import { BoundedWork } from '../limits/bounded-work.ts'
import { KeyedBuckets } from '../limits/keyed-buckets.ts'
import type { Accounts } from '../store/store.ts'
import type { Signal } from '../stream/stream-bus.ts'
import type { Timing } from '../timing.ts'
import type { Passwords } from './passwords.ts'
import { SignInLimits } from './sign-in-limits.ts'
import { createToken, hashToken } from './tokens.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** How long a session is good after it was last used, in ms. */
export const SESSION_MS = 90 * DAY_MS
/** A session in use is extended when it was last this long ago, in ms: once a day is enough. */
export const EXTEND_AFTER_MS = DAY_MS

/** Accounts made from one address. */
const NEW_BY_ADDRESS = { perSecond: 2, burst: 1_000 }
const REMEMBERED_ADDRESSES = 10_000
/** Passwords hashed at once: each takes 19 MiB and a thread; and how many may wait for that. */
const HASHING = { concurrent: 2, waiting: 1_000 } as const

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError }

export interface AccountServiceOptions {
  readonly store: Accounts
  readonly passwords: Passwords
  readonly registration: 'open' | 'closed'
  readonly timing: Timing
  readonly freshId: () => string
  /** Tells all nodes. */
  readonly signal: (signal: Signal) => void
}

/** A session that a token was found to be of. */
export interface KnownSession {
  readonly user: User
  /** ms since the epoch. */
  readonly expiresAt: number
  readonly tokenHash: Uint8Array
}

/** Accounts, signing in, and tokens. Rejects with StoreUnavailable or Overloaded when it cannot be done now. */
export class AccountService {
  readonly #options: AccountServiceOptions
  readonly #limits = new SignInLimits()
  readonly #newByAddress = new KeyedBuckets(NEW_BY_ADDRESS, REMEMBERED_ADDRESSES)
  readonly #hashing = new BoundedWork(HASHING.concurrent, HASHING.waiting)

  constructor(options: AccountServiceOptions) {
    this.#options = options
  }

  /** Makes an account and signs it in. */
  async create(request: CreateAccountRequest, address: string): Promise<Result<Session>> {
    const { store, passwords, registration, timing, freshId } = this.#options
    if (registration === 'closed') {
      return refuse('registration_closed', 'This server takes no new accounts.')
    }
    const { username, displayName, password } = request
    if (!isStorableText(displayName)) {
      return refuse('invalid', 'The display name holds a character that is none.')
    }
    const wait = this.#newByAddress.take(address, timing.monotonicMs())
    if (wait > 0) return tooMany(wait)
    const key = usernameKey(username)
    // Asked before the costly hash; asked again, for good, when the row is written.
    if ((await store.credentials(key)) !== null) return taken()
    const user = { id: freshId(), username, displayName }
    const isNew = await store.createUser({
      ...user,
      usernameKey: key,
      passwordHash: await this.#hashing.run(() => passwords.hash(password)),
      createdAt: timing.now(),
    })
    if (!isNew) return taken()
    return { ok: true, value: await this.#open(user) }
  }

  /** Signs in. An unknown name and a wrong password are answered alike, after the same work. */
  async signIn(request: CreateSessionRequest, address: string): Promise<Result<Session>> {
    const { store, passwords, timing } = this.#options
    const key = usernameKey(request.username)
    // Looked at when its turn has come, so that attempts made at once cannot outrun the limit.
    return this.#hashing.run(async (): Promise<Result<Session>> => {
      const now = timing.monotonicMs()
      const wait = this.#limits.waitFor(key, address, now)
      if (wait > 0) return tooMany(wait)
      const found = await store.credentials(key)
      const matches = await passwords.verify(found?.passwordHash ?? null, request.password)
      if (found === null || !matches) {
        this.#limits.failed(key, address, now)
        return refuse('unauthenticated', 'Username or password is wrong.')
      }
      return { ok: true, value: await this.#open(found.user) }
    })
  }

  /** The session of a token, extended if it was last used a while ago; null when it is not good (any more). */
  async session(token: string): Promise<KnownSession | null> {
    return this.sessionOfHash(hashToken(token))
  }

  /** The same by what is stored of the token. */
  async sessionOfHash(tokenHash: Uint8Array): Promise<KnownSession | null> {
    const { store, timing } = this.#options
    const now = timing.now()
    const session = await store.session(tokenHash, now)
    if (session === null) return null
    const extended = now + SESSION_MS
    if (extended - session.expiresAt < EXTEND_AFTER_MS) return { ...session, tokenHash }
    await store.extendSession(tokenHash, extended)
    return { user: session.user, expiresAt: extended, tokenHash }
  }

  /** Ends a session and cuts its sockets on every node [V6]. False when there is no such session. */
  async signOut(token: string): Promise<boolean> {
    const { store, signal } = this.#options
    const tokenHash = hashToken(token)
    const ended = await store.deleteSession(tokenHash)
    if (ended) signal({ type: 'revoked', tokenHash: Buffer.from(tokenHash).toString('hex') })
    return ended
  }

  async #open(user: User): Promise<Session> {
    const { store, timing } = this.#options
    const token = createToken()
    const createdAt = timing.now()
    const expiresAt = createdAt + SESSION_MS
    await store.createSession({ tokenHash: hashToken(token), user: user.id, createdAt, expiresAt })
    return { token, expiresAt: timestamp(expiresAt), user }
  }
}

function refuse(
  code: Parameters<typeof wireError>[0],
  message: string,
): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError(code, message) }
}

function taken(): { readonly ok: false; readonly error: WireError } {
  return refuse('username_taken', 'This username is taken.')
}

function tooMany(retryAfterMs: number): { readonly ok: false; readonly error: WireError } {
  return {
    ok: false,
    error: wireError('rate_limited', 'Too many attempts: wait a little.', { retryAfterMs }),
  }
}
