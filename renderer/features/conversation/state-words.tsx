import type { MessageView } from '../../../protocol/ipc/views.ts'
import { useModel } from '../../app/ferry-context.tsx'
import { serverCan } from '../../state/selectors.ts'
import { describeState } from '../../text/describe-status.ts'

/** How far a message has come, in words, as far as its server tells. */
export function useStateWords(message: MessageView): string {
  const tellsReceipts = useModel((model) => serverCan(model, 'receipts'))
  return describeState(message, tellsReceipts || !message.own)
}

/** The same, for screen readers. */
export function StateWords({ message }: { message: MessageView }) {
  return <span className="visually-hidden">{useStateWords(message)}</span>
}
