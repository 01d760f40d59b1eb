import type { Session } from '../../protocol/http/accounts.ts'
import type { Result } from '../../protocol/ipc/api.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { FailureView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { AccountsOutcome, HostPorts, NetworkPorts } from './ports.ts'
import type { Profile, SessionOrigin } from './profile.ts'
import { requestFailure } from './views/failure-view.ts'

/** The profile that is open, and how to open another account's. */
export interface AccountGround {
  /** null while the database cannot be used. */
  readonly profile: () => Profile | null
  /** Puts the open profile aside and opens the one of this user, which may be empty. null: it cannot be opened. */
  readonly switchTo: (user: Id) => Promise<Profile | null>
}

export interface AccountFlowPorts {
  readonly host: HostPorts
  readonly network: NetworkPorts
  readonly ground: AccountGround
}

const DONE: Result<null> = { ok: true, value: null }

/** Signing in and out. One profile is one account: another one only takes its place when that was left for good. */
export class AccountFlow {
  readonly #ports: AccountFlowPorts

  constructor(ports: AccountFlowPorts) {
    this.#ports = ports
  }

  async signIn({ serverUrl, username, password }: ArgumentOf<'signIn'>): Promise<Result<null>> {
    const { accounts } = this.#ports.network
    const url = baseAddress(serverUrl)
    return this.#enter(await accounts.createSession(url, { username, password }), {
      server: { kind: 'remote', url },
    })
  }

  /** A new account is another one by definition: it is refused before the server hears of it. */
  async createAccount(argument: ArgumentOf<'createAccount'>): Promise<Result<null>> {
    const { serverUrl, username, password } = argument
    const { network, ground } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    if (profile.account !== null && !profile.isLeft) return refuse('different_account')
    const url = baseAddress(serverUrl)
    const request = { username, displayName: username, password }
    return this.#enter(await network.accounts.createAccount(url, request), {
      server: { kind: 'remote', url },
    })
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
  async enter(session: Session, origin: SessionOrigin): Promise<Result<null>> {
    const { ground, network } = this.#ports
    const profile = ground.profile()
    if (profile === null) return refuse('storage_failed')
    const isSame = profile.account === null || profile.account.user.id === session.user.id
    if (!isSame && !profile.isLeft) {
      void network.accounts.deleteSession(origin.server.url, session.token)
      return refuse('different_account')
    }
    const entered = isSame ? profile : await ground.switchTo(session.user.id)
    if (entered === null) return refuse('storage_failed')
    await entered.adopt(session, origin)
    return DONE
  }

  #enter(outcome: AccountsOutcome<Session>, origin: SessionOrigin): Promise<Result<null>> {
    if (outcome.ok) return this.enter(outcome.value, origin)
    return Promise.resolve({ ok: false, failure: requestFailure(outcome.failure) })
  }
}

function refuse(code: FailureView['code']): Result<null> {
  return { ok: false, failure: { code } }
}

/** The address without what people paste along with it. */
function baseAddress(serverUrl: string): string {
  return serverUrl.trim().replace(/\/+$/, '')
}
