import { Check, CheckCheck, CircleAlert, CircleDashed, CircleHelp, Clock3 } from 'lucide-react'
import type { MessageState } from '../../../protocol/ipc/views.ts'
import { STATE_WORDS } from '../../text/describe-status.ts'

const ICONS = {
  queued: Clock3,
  sending: CircleDashed,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  unconfirmed: CircleHelp,
} satisfies Record<MessageState, typeof Check>

/** How far an own message has come, as a picture; the words are in the row for screen readers. */
export function StateIcon({ state }: { state: MessageState }) {
  const Icon = ICONS[state]
  return (
    <span className={`state-icon state-icon--${state}`} data-tooltip={STATE_WORDS[state]}>
      <Icon size={14} strokeWidth={2.25} />
    </span>
  )
}
