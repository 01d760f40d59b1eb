import type { Session } from '../../protocol/http/accounts.ts'
import { isReadableOnTheWay } from '../../protocol/insecure-address.ts'
import type { Result } from '../../protocol/ipc/api.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { FailureView } from '../../protocol/ipc/views.ts'
import type { OtherAccounts } from './other-accounts.ts'
import type { AccountsOutcome, HostPorts, NetworkPorts } from './ports.ts'
import type { Profile, SessionOrigin } from './profile.ts'
import { isSameAccount } from './server-url.ts'
import { accountFailure } from './views/failure-view.ts'

/** The profile that is open, and how to open another account's. */
interface AccountGround {
  /** null while the database cannot be used. */
  readonly profile: () => Profile | null
  /** Puts the open profile aside, and opens one that was put aside (null: an empty one). null: it cannot be opened. */
  readonly switchTo: (aside: string | null) => Profile | null
  readonly others: Pick<OtherAccounts, 'fileOf' | 'has'>
}

export interface AccountFlowPorts {
  readonly host: HostPorts
  readonly network: NetworkPorts
  readonly ground: AccountGround
}

const DONE: Result<null> = { ok: true, value: null }

/**
 * Signing in and out. A database is one account's: another account takes its place, with a database of its own, once
 * the first is signed out and has nothing to send, or the user has agreed that this is kept. So nothing is ever sent
 * as somebody else.
 */
export class AccountFlow {
  readonly #ports: AccountFlowPorts

  constructor(ports: AccountFlowPorts) {
    this.#ports = ports
  }

  async signIn(argument: ArgumentOf<'signIn'>): Promise<Result<null>> {
    const { serverUrl, username, password, keepOther = false } = argument
    const { accounts } = this.#ports.network
    if (isToBeAskedAbout(argument)) return refuse('insecure_address')
    const url = baseAddress(serverUrl)
    const outcome = await accounts.createSession(url, { username, password })
    return this.#enter(outcome, this.#originOf(url), keepOther)
  }

  /** A new account is another one by definition: it is refused before the server hears of it. */
  async createAccount(argument: ArgumentOf<'createAccount'>): Promise<Result<null>> {
    const { serverUrl, username, displayName = username, password, keepOther = false } = argument
    const { network, ground } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    if (!mayTakePlace(profile, keepOther)) return refuse('different_account')
    if (isToBeAskedAbout(argument)) return refuse('insecure_address')
    const url = baseAddress(serverUrl)
    const outcome = await network.accounts.createAccount(url, { username, displayName, password })
    return this.#enter(outcome, this.#originOf(url), keepOther)
  }

  /** Brings back an account that was put aside, to be signed in to; the one in its place must be signed out. */
  switchAccount(id: string): Result<null> {
    const { ground } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    if (!mayTakePlace(profile, true)) return refuse('different_account')
    if (!ground.others.has(id)) return refuse('not_found')
    return ground.switchTo(id) === null ? refuse('storage_failed') : DONE
  }

  /** Ends the session here at once, and on the server when it can be reached. */
  async signOut(): Promise<Result<null>> {
    const { host, network, ground } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    const { account } = profile
    if (account === null) return DONE
    const token = await profile.endSession()
    if (token !== null) {
      void network.accounts.deleteSession(account.server.url, token).then((outcome) => {
        if (!outcome.ok)
          host.logger.warn(
            { failure: outcome.failure.kind },
            'the session stays open on the server',
          )
      })
    }
    return DONE
  }

  /** Makes the open profile the one of a session, if it may be. */
  async enter(session: Session, origin: SessionOrigin, keepOther = false): Promise<Result<null>> {
    const { ground, network } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    const { serverUrlOverride } = this.#ports.host
    const account = { user: session.user, server: origin.server }
    const aside = ground.others.fileOf(account)
    // What this account left here comes back with it, also where nobody was signed in since.
    const stays =
      profile.account === null
        ? aside === null
        : isSameAccount(profile.account, account, serverUrlOverride)
    if (!stays && !mayTakePlace(profile, keepOther)) {
      void network.accounts.deleteSession(origin.server.url, session.token)
      return refuse('different_account')
    }
    const entered = stays ? profile : ground.switchTo(aside)
    if (entered === null) return refuse('storage_failed')
    await entered.adopt(session, origin)
    return DONE
  }

  /** An address that the user chose over the one given from outside is the one to connect to. */
  #originOf(url: string): SessionOrigin {
    const { serverUrlOverride } = this.#ports.host
    const isChosen = serverUrlOverride !== null && baseAddress(serverUrlOverride) !== url
    return { server: { kind: 'remote', url, ...(isChosen ? { isChosen } : {}) } }
  }

  #enter(
    outcome: AccountsOutcome<Session>,
    origin: SessionOrigin,
    keepOther: boolean,
  ): Promise<Result<null>> {
    if (outcome.ok) return this.enter(outcome.value, origin, keepOther)
    return Promise.resolve({ ok: false, failure: accountFailure(outcome.failure) })
  }
}

/** Whether another account may take the place of this profile's. */
function mayTakePlace(profile: Profile, keepOther: boolean): boolean {
  const { account } = profile
  if (account === null || profile.isLeft) return true
  return keepOther && account.session !== 'signed-in'
}

/** No password leaves for an address where it can be read on the way, unless the user was asked. */
function isToBeAskedAbout({ serverUrl, confirmedInsecure }: ArgumentOf<'signIn'>): boolean {
  return isReadableOnTheWay(new URL(serverUrl)) && confirmedInsecure !== true
}

function refuse(code: FailureView['code']): Result<null> {
  return { ok: false, failure: { code } }
}

/** The address without what people paste along with it. */
function baseAddress(serverUrl: string): string {
  return serverUrl.trim().replace(/\/+$/, '')
}
