import type { OtherAccountView } from '../../../protocol/ipc/views.ts'
import { atName } from '../../../protocol/model/names.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { count } from '../../text/numbers.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { hostOf } from './server-address.ts'
import './other-accounts.css'

const NONE: readonly OtherAccountView[] = []

/** The accounts whose data are on this computer, and what each has still to send: the way back to them. */
export function OtherAccounts() {
  const { api, composers, controller } = useFerry()
  const accounts = useModel((model) => model.app?.state.otherAccounts ?? NONE)
  if (accounts.length === 0) return null

  function use({ id }: OtherAccountView): void {
    composers.flush()
    void controller.perform('That account cannot be used now', api.switchAccount({ id }))
  }

  return (
    <section className="other-accounts" aria-label="Accounts on this computer">
      <h2 className="other-accounts__title">Also on this computer</h2>
      <ul className="other-accounts__list">
        {accounts.map((account) => (
          <li key={account.id} className="other-accounts__row">
            <Avatar id={account.user.id} name={account.user.displayName} />
            <span className="other-accounts__words">
              <span className="other-accounts__name">
                <bdi>{account.user.displayName}</bdi>
              </span>
              <span className="other-accounts__about">{describePlace(account)}</span>
              {account.waiting > 0 && (
                <span className="other-accounts__waiting">
                  {count(account.waiting, 'change waits', 'changes wait')} until they sign in
                </span>
              )}
            </span>
            <Button small onClick={() => use(account)}>
              <span>
                Sign in as <bdi>{account.user.displayName}</bdi>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** `@ada on chat.example.org`. */
export function describePlace({ user, server }: Pick<OtherAccountView, 'user' | 'server'>): string {
  const place = server.kind === 'bundled' ? 'this computer' : hostOf(server.url)
  return `${atName(user.username)} on ${place}`
}
