import { randomBytes, randomUUID } from 'node:crypto'
import type { Session } from '../../protocol/http/accounts.ts'
import type { Result } from '../../protocol/ipc/api.ts'
import type { FailureView } from '../../protocol/ipc/views.ts'
import { MAX_REMADE } from '../../protocol/limits.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Failure } from '../../protocol/wire/failure.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import type { BundledPlan } from '../store/settings-table.ts'
import type { AccountFlow } from './account-flow.ts'
import type { AccountsOutcome, BundledAddress, HostPorts, NetworkPorts } from './ports.ts'
import type { Profile } from './profile.ts'
import { usernameFor, variedUsername } from './username-for.ts'
import { accountFailure } from './views/failure-view.ts'

/** Title of the conversation that a new account begins with: with nobody but oneself. */
const FIRST_TITLE = 'Notes'
/** Names that are tried before it is given up. */
const MAX_NAMES = 20
/** How long the first conversation may take, in ms. */
const FIRST_CONVERSATION_MS = 15_000
/** How long after a failed try a new session is asked for again, in ms. */
const RENEW_AGAIN_MS = 5_000
/** A second session within this time, in ms, is one too many: the server refuses what it gives. */
const RENEW_APART_MS = 30_000

export interface BundledAccountPorts {
  readonly host: HostPorts
  readonly network: NetworkPorts
  readonly flow: AccountFlow
  readonly profile: () => Profile | null
}

/**
 * The account on the server that this app brings along. Its password is made here and kept sealed: nobody is asked for
 * one, and a session that ended is renewed in silence.
 */
export class BundledAccount {
  readonly #ports: BundledAccountPorts
  #renewedAt = Number.NEGATIVE_INFINITY
  #running: Promise<Result<{ conversation: Id }>> | null = null

  constructor(ports: BundledAccountPorts) {
    this.#ports = ports
  }

  /** "Start on this computer". Asked for again while it runs, it is the same start. */
  start(displayName: string): Promise<Result<{ conversation: Id }>> {
    this.#running ??= this.#start(displayName).finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** The server, an account, a first conversation; goes on where it was interrupted. */
  async #start(displayName: string): Promise<Result<{ conversation: Id }>> {
    const profile = this.#ports.profile()
    if (profile === null) return refuse('storage_failed')
    const { account } = profile
    if (account !== null && account.server.kind !== 'bundled' && !profile.isLeft) {
      return refuse('different_account')
    }
    const address = await this.#address()
    if (address === null) return refuse('server_start_failed')
    if (account?.server.kind === 'bundled') {
      const again = await this.#signIn(profile, address)
      if (!again.ok) return { ok: false, failure: accountFailure(again.failure) }
    } else {
      const entered = await this.#create(profile, address, displayName)
      if (!entered.ok) return entered
    }
    const present = this.#ports.profile()
    return present === null ? refuse('storage_failed') : this.firstConversation(present)
  }

  /** The oldest conversation; made when there is none yet. Waits for the server only then. */
  async firstConversation(profile: Profile): Promise<Result<{ conversation: Id }>> {
    const plan = profile.store.setting('bundledPlan')
    const { core } = profile
    if (core === null) return refuse('storage_failed')
    if (plan === null) {
      const [first] = [...core.workspace.records()].map((record) => record.conversation.id)
      if (first !== undefined) return { ok: true, value: { conversation: first } }
    }
    if (!(await core.whenOnline(FIRST_CONVERSATION_MS))) return refuse('timeout')
    const key = plan?.firstConversationKey ?? randomUUID()
    const made = await core.membership.create({ key, title: FIRST_TITLE, usernames: [] })
    if (made.ok) await profile.loop.run(() => profile.store.putSetting('bundledPlan', null))
    return made
  }

  /** The server no longer takes the token: signs in again with the sealed password, until that is refused too. */
  renew(profile: Profile): void {
    const { host } = this.#ports
    const elapsed = host.clock.monotonic() - this.#renewedAt
    if (elapsed < RENEW_APART_MS || profile.secret('bundledPassword') === null) {
      profile.sessionRefused()
      return
    }
    this.#renewNow(profile)
  }

  #renewNow(profile: Profile): void {
    this.#tryToRenew(profile).catch((error: unknown) => {
      // A store that failed meanwhile has told so itself, and the profile is made anew.
      this.#ports.host.logger.warn({ err: error }, 'the session was not renewed')
    })
  }

  async #tryToRenew(profile: Profile): Promise<void> {
    const { host } = this.#ports
    const address = await this.#address()
    if (this.#ports.profile() !== profile) return
    const outcome = address === null ? null : await this.#signIn(profile, address)
    if (outcome?.ok === true || this.#ports.profile() !== profile) return
    if (outcome === null || classifyFailure(outcome.failure) === 'retryable') {
      host.timers.set(RENEW_AGAIN_MS, () => {
        if (profile.account?.session === 'signed-in') this.#renewNow(profile)
      })
    } else profile.sessionRefused()
  }

  async #signIn(
    profile: Profile,
    { url, appSecret }: BundledAddress,
  ): Promise<AccountsOutcome<Session>> {
    const { network, flow, host } = this.#ports
    const username = profile.account?.user.username ?? ''
    const password = profile.secret('bundledPassword') ?? ''
    const known = await network.accounts.createSession(url, { username, password }, appSecret)
    const outcome = isUnknown(known) ? await this.#remake(profile, { url, appSecret }) : known
    if (!outcome.ok) return outcome
    this.#renewedAt = host.clock.monotonic()
    const entered = await flow.enter(outcome.value, { server: { kind: 'bundled', url } })
    return entered.ok ? outcome : { ok: false, failure: REFUSED }
  }

  /**
   * The server has lost its data, as nobody can have changed the password: the account is made again under its id, with
   * its conversations, and what is here of the user's own comes back as after a restore [F20].
   */
  async #remake(
    profile: Profile,
    { url, appSecret }: BundledAddress,
  ): Promise<AccountsOutcome<Session>> {
    const password = profile.secret('bundledPassword')
    const { account, core, shown } = profile
    if (password === null || account === null || core === null) {
      return { ok: false, failure: REFUSED }
    }
    const { id, username, displayName } = account.user
    const conversations = shown.slice(0, MAX_REMADE).flatMap((conversation) => {
      const record = core.workspace.record(conversation)
      return record?.member === true ? [{ id: conversation, title: record.conversation.title }] : []
    })
    this.#ports.host.logger.warn({ conversations: conversations.length }, 'the account is remade')
    const request = { username, displayName, password, lost: { id, conversations } }
    return this.#ports.network.accounts.createAccount(url, request, appSecret)
  }

  async #create(
    profile: Profile,
    { url, appSecret }: BundledAddress,
    displayName: string,
  ): Promise<Result<null>> {
    const { network, flow, host } = this.#ports
    const { accounts } = network
    const planned = profile.store.setting('bundledPlan')
    const plan: BundledPlan = {
      firstConversationKey: planned?.firstConversationKey ?? randomUUID(),
      username: planned?.username ?? usernameFor(displayName),
      displayName,
    }
    const password = profile.secret('bundledPassword') ?? randomBytes(24).toString('base64url')
    const origin = { server: { kind: 'bundled', url } as const, password }
    let { username } = plan
    for (let tried = 0; tried < MAX_NAMES; tried += 1) {
      // Stored before the server is asked: a kill after its answer finds the account again.
      await profile.loop.run(() => {
        profile.store.putSetting('bundledPlan', { ...plan, username })
        profile.putSecret('bundledPassword', password)
      })
      const made = await accounts.createAccount(url, { username, displayName, password }, appSecret)
      if (made.ok) return flow.enter(made.value, origin)
      if (!isTaken(made.failure)) return { ok: false, failure: accountFailure(made.failure) }
      const own = await accounts.createSession(url, { username, password }, appSecret)
      if (own.ok) return flow.enter(own.value, origin)
      username = variedUsername(usernameFor(displayName), host.random())
    }
    return refuse('username_taken')
  }

  async #address(): Promise<BundledAddress | null> {
    const { bundledServer, logger } = this.#ports.host
    try {
      return await bundledServer.start()
    } catch (error) {
      logger.error({ err: error }, 'the server on this computer does not start')
      return null
    }
  }
}

const REFUSED: Failure = {
  kind: 'answered',
  error: { code: 'different_account', message: '', retryable: false },
}

function isUnknown(outcome: AccountsOutcome<Session>): boolean {
  if (outcome.ok || outcome.failure.kind !== 'answered') return false
  return outcome.failure.error.code === 'unauthenticated'
}

function isTaken(failure: Failure): boolean {
  return failure.kind === 'answered' && failure.error.code === 'username_taken'
}

function refuse(code: FailureView['code']): { ok: false; failure: FailureView } {
  return { ok: false, failure: { code } }
}
