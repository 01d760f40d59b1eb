import type { OtherAccountView } from '../../../protocol/ipc/views.ts'
import { useModel } from '../../app/ferry-context.tsx'
import { count } from '../../text/numbers.ts'
import { describePlace } from '../accounts/other-accounts.tsx'

const NONE: readonly OtherAccountView[] = []

/** What waits on this computer for other accounts, so that nobody takes it for delivered. */
export function KeptForOthers() {
  const accounts = useModel((model) => model.app?.state.otherAccounts ?? NONE)
  const waiting = accounts.filter((account) => account.waiting > 0)
  if (waiting.length === 0) return null
  return (
    <ul className="outbox__kept">
      {waiting.map((account) => (
        <li key={account.id}>
          {count(account.waiting, 'change')} of <bdi>{account.user.displayName}</bdi>{' '}
          {account.waiting === 1 ? 'waits' : 'wait'} until they sign in here again (
          {describePlace(account)})
        </li>
      ))}
    </ul>
  )
}
