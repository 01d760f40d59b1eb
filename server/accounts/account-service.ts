import type {
  CreateAccountRequest,
  CreateSessionRequest,
  LostAccount,
  Session,
} from '../../protocol/http/accounts.ts'
import type { User } from '../../protocol/model/user.ts'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import { isSpoof, usernameKey } from '../domain/names.ts'
import { timestamp } from '../domain/rows.ts'
import { usernameLooks } from '../domain/skeleton.ts'
import type { Visitor } from '../http/door.ts'
import { Abandoned, FairWork } from '../limits/fair-work.ts'
import { KeyedBuckets } from '../limits/keyed-buckets.ts'
import { type Accounts, StoreUnavailable } from '../store/store.ts'
import type { Signal } from '../stream/stream-bus.ts'
import type { Timing } from '../timing.ts'
import type { Passwords } from './passwords.ts'
import { SignInLimits, type Verdict, type Waited } from './sign-in-limits.ts'
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
const HASHING = { concurrent: 2, waiting: 2_000, waitingEach: 500 } as const
/** Who is wrong beyond the limits may come back after this, in ms. */
const BEYOND_RETRY_MS = 30_000
/** Attempts to sign in that are made to wait, at most. */
const MAX_DELAYED = 2_000

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError }

/** What came of an attempt to sign in: an answer, or it has to wait first. */
type Attempt = Result<Session> | Extract<Verdict, { kind: 'later' }>

export interface AccountServiceOptions {
  readonly store: Accounts
  readonly passwords: Passwords
  /** `app`: by the app alone that started this server. */
  readonly registration: 'open' | 'closed' | 'app'
  readonly timing: Timing
  readonly freshId: () => string
  /** Tells all nodes. */
  readonly signal: (signal: Signal) => void
  /** Makes the conversations of an account that was lost again, under their ids. */
  readonly remake: (user: User, conversations: LostAccount['conversations']) => Promise<void>
}

/** A session that a token was found to be of. */
export interface KnownSession {
  readonly user: User
  /** ms since the epoch. */
  readonly expiresAt: number
  readonly tokenHash: Uint8Array
}

/** Whoever asks for an account or a session. */
export interface Applicant extends Visitor {
  /** Aborted when it has hung up: nothing costly is done for it then. */
  readonly gone?: AbortSignal
}

/**
 * Accounts, signing in, and tokens. Rejects with StoreUnavailable or Overloaded when it cannot be done now, with
 * Abandoned when nobody waits for it any more.
 */
export class AccountService {
  readonly #options: AccountServiceOptions
  readonly #limits = new SignInLimits()
  readonly #newByAddress = new KeyedBuckets(NEW_BY_ADDRESS, REMEMBERED_ADDRESSES)
  readonly #hashing = new FairWork(HASHING)
  #delayed = 0

  constructor(options: AccountServiceOptions) {
    this.#options = options
  }

  /** Makes an account and signs it in. */
  async create(request: CreateAccountRequest, applicant: Applicant): Promise<Result<Session>> {
    const { store, passwords, registration, timing, freshId } = this.#options
    const { network, gone, isApp } = applicant
    if (registration === 'closed' || (registration === 'app' && !isApp)) {
      return refuse('registration_closed', 'This server takes no new accounts.')
    }
    const { username, displayName = username, password, lost } = request
    if (lost !== undefined && !isApp) {
      return refuse('forbidden', 'Accounts are made again for the app alone that runs this server.')
    }
    if (isSpoof(displayName)) {
      return refuse('invalid', 'The display name passes for another one in other letters.', {
        fields: ['displayName'],
        problems: [{ path: ['displayName'], message: 'mixes scripts within a word' }],
      })
    }
    const wait = this.#newByAddress.take(network, timing.monotonicMs())
    if (wait > 0) return tooMany(wait)
    const key = usernameKey(username)
    // Asked before the costly hash; asked again, for good, when the row is written.
    if ((await store.credentials(key)) !== null) return taken()
    const user = { id: lost?.id ?? freshId(), username, displayName }
    const isNew = await store.createUser({
      ...user,
      usernameKey: key,
      looks: usernameLooks(username),
      passwordHash: await this.#hashing.run(`new ${network}`, () => passwords.hash(password), gone),
      createdAt: timing.now(),
    })
    if (!isNew) return taken()
    if (lost !== undefined) await this.#options.remake(user, lost.conversations)
    this.#limits.succeeded(key, network, timing.monotonicMs())
    return { ok: true, value: await this.#open(user) }
  }

  /** Signs in. An unknown name and a wrong password are answered alike, after the same work. */
  signIn(request: CreateSessionRequest, applicant: Applicant): Promise<Result<Session>> {
    return this.#signIn(request, applicant, 'nothing')
  }

  async #signIn(
    request: CreateSessionRequest,
    applicant: Applicant,
    waited: Waited,
  ): Promise<Result<Session>> {
    const { network, gone } = applicant
    // Looked at when its turn has come, so that attempts made at once cannot outrun the limit.
    const attempt = await this.#hashing.run(
      network,
      () => this.#attempt(request, applicant, waited),
      gone,
    )
    if (!('kind' in attempt)) return attempt
    if (this.#delayed >= MAX_DELAYED) return tooMany(attempt.afterMs)
    await this.#delay(attempt.afterMs, gone)
    return this.#signIn(request, applicant, attempt.because)
  }

  async #attempt(
    request: CreateSessionRequest,
    { network, isApp }: Applicant,
    waited: Waited,
  ): Promise<Attempt> {
    const { store, passwords, timing } = this.#options
    const key = usernameKey(request.username)
    const now = timing.monotonicMs()
    // The app's own user is not to wait for what others of this machine try.
    const verdict = isApp ? null : this.#limits.judge(key, network, now, waited)
    if (verdict?.kind === 'refused') return tooMany(verdict.retryAfterMs)
    if (verdict?.kind === 'later') return verdict
    const found = await store.credentials(key)
    const matches = await passwords.verify(found?.passwordHash ?? null, request.password)
    if (found === null || !matches) {
      this.#limits.failed(key, network, now)
      if (verdict?.isBeyond) return tooMany(BEYOND_RETRY_MS)
      return refuse('unauthenticated', 'Username or password is wrong.')
    }
    this.#limits.succeeded(key, network, now)
    return { ok: true, value: await this.#open(found.user) }
  }

  /** @throws Abandoned */
  #delay(ms: number, gone: AbortSignal | undefined): Promise<void> {
    this.#delayed++
    return new Promise<void>((resolve, reject) => {
      const cancel = this.#options.timing.later(() => {
        gone?.removeEventListener('abort', leave)
        resolve()
      }, ms)
      const leave = () => {
        cancel()
        reject(new Abandoned())
      }
      gone?.addEventListener('abort', leave, { once: true })
      if (gone?.aborted) leave()
    }).finally(() => {
      this.#delayed--
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
    try {
      await store.extendSession(tokenHash, extended)
    } catch (error) {
      // Who can only read can do that, as long as the session lasts; the next use extends it.
      if (!(error instanceof StoreUnavailable)) throw error
      return { ...session, tokenHash }
    }
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
  details?: unknown,
): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError(code, message, details === undefined ? {} : { details }) }
}

function taken(): { readonly ok: false; readonly error: WireError } {
  return refuse('username_taken', 'This username, or one that looks like it, is taken.')
}

function tooMany(retryAfterMs: number): { readonly ok: false; readonly error: WireError } {
  return {
    ok: false,
    error: wireError('rate_limited', 'Too many attempts: wait a little.', { retryAfterMs }),
  }
}
