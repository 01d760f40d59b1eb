import type {
  MessageState,
  MessageView,
  OperationKind,
  OperationStatus,
} from '../../protocol/ipc/views.ts'
import type { NetworkReason } from '../../protocol/wire/failure.ts'

/** Why a message goes no further than "sent" on an older server [G2]. */
const NO_RECEIPTS = 'This server does not tell when it is delivered or read'

/** State of a message in one word. */
const STATE_WORDS: Record<MessageState, string> = {
  queued: 'Queued',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Failed',
  unconfirmed: 'Unconfirmed',
}

/**
 * State of a message for a screen reader and a tooltip; in a group, also how many of the others have come so far. A
 * server that tells no receipts leaves it at "sent", and that is said: it does not mean that nobody has read it.
 */
export function describeState(
  { state, reach }: Pick<MessageView, 'state' | 'reach'>,
  tellsReceipts = true,
): string {
  const word = STATE_WORDS[state]
  if (state === 'sent' && !tellsReceipts) return `${word}. ${NO_RECEIPTS}`
  if (reach === null) return word
  const parts = [word]
  const { of, delivered, read } = reach
  if (state === 'sent' && delivered > 0) parts.push(`delivered to ${delivered} of ${of}`)
  if ((state === 'sent' || state === 'delivered') && read > 0)
    parts.push(`read by ${read} of ${of}`)
  return parts.join(', ')
}

/** What the operation is, where a list tells several apart. */
export const KIND_WORDS: Record<OperationKind, string> = {
  send: 'Message',
  edit: 'Edit',
  delete: 'Deletion',
  react: 'Reaction',
  read: 'Read mark',
}

/** What has not happened when an operation failed. */
export const FAILED_WORDS: Record<OperationKind, string> = {
  send: 'Not sent',
  edit: 'Edit not saved',
  delete: 'Not deleted',
  react: 'Reaction not saved',
  read: 'Read mark not saved',
}

/** The countdown to the next retry; `seconds` is what is left, rounded up. */
export function describeRetry(retry: number, maxRetries: number, seconds: number): string {
  return `Retry ${retry} of ${maxRetries} in ${seconds} s`
}

/** What is said beside the way back. */
export const UNDO_WORDS = { delete: 'Message deleted', discard: 'Discarded' } as const

/** State of an operation that needs no countdown and no reason. */
export function describeStatus(status: OperationStatus): string {
  switch (status.state) {
    case 'queued':
      return 'Queued'
    case 'sending':
      return 'Sending'
    case 'waiting':
      return 'Waiting'
    case 'unconfirmed':
      return 'Unconfirmed: sent, not answered yet'
    case 'parked':
      return 'Waits until you sign in'
    case 'failed':
      return 'Failed'
    case 'conflict':
      return 'Changed elsewhere'
  }
}

/** Why there is no connection; null where "offline" says it all. */
export const NETWORK_WORDS: Record<NetworkReason, string> = {
  unreachable: 'The server cannot be reached',
  refused: 'The server is not running',
  name_not_found: 'The server’s name is not known here',
  tls: 'The connection would not be secure',
  not_our_server: 'Something else answers there; does this network want you to sign in?',
  cut: 'The connection was cut',
  half_open: 'The server stopped answering',
  unknown: 'There is no connection',
}
