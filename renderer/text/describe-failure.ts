import type { FailureView, LocalFailure } from '../../protocol/ipc/views.ts'
import { isolate } from '../../protocol/model/names.ts'
import type { ErrorCode } from '../../protocol/wire/error.ts'
import { formatNumber } from './numbers.ts'

type KnownCode = ErrorCode | LocalFailure | 'bridge'

/** Words for every code that may end an operation [O6, O9]; the compiler knows when one is missing. */
const WORDS: Record<KnownCode, (failure: FailureView) => string> = {
  invalid: () => 'The server did not understand it',
  unauthenticated: () => 'You are signed out',
  forbidden: ({ conversation }) =>
    conversation === undefined
      ? 'You are not allowed to do this'
      : `You are no longer a member of ${isolate(conversation)}`,
  edit_window_expired: () => 'It is too old to be edited',
  registration_closed: () => 'This server does not take new accounts',
  not_found: ({ conversation }) =>
    conversation === undefined
      ? 'It does not exist any more'
      : `It does not exist any more in ${isolate(conversation)}`,
  conflict: () => 'It was changed elsewhere in the meantime',
  key_reused: () => 'The server has already taken another text in its place',
  username_taken: () => 'This username is taken',
  gone: () => 'The message was deleted in the meantime',
  too_large: ({ size }) =>
    size === undefined
      ? 'Too long'
      : `Too long: ${formatNumber(size.bytes)} of ${formatNumber(size.limit)} bytes`,
  rate_limited: () => 'The server asks to slow down',
  client_too_old: () => 'This server needs a newer Ferry',
  internal: () => 'The server had a problem',
  unavailable: () => 'The server is not available',
  timeout: () => 'The server did not answer in time',
  network: () => 'The connection was lost',
  unreadable: () => 'Its data on this computer cannot be read any more',
  quote_not_found: () =>
    'The message it replies to is not there any more; Retry sends it without the quote',
  depends_on_failed: () => 'It changes a message that did not arrive',
  outbox_full: () => 'Too much is waiting already',
  lost_by_server: () => 'The server was set back to older data and does not know it any more',
  out_of_order: () => 'The server waits for an earlier change first',
  storage_failed: () => 'The data on this computer cannot be used now',
  user_not_found: ({ message }) =>
    message === undefined
      ? 'This server knows nobody of that name'
      : `This server knows nobody called ${isolate(message)}`,
  server_start_failed: () => 'The server on this computer did not start',
  export_failed: () => 'The file cannot be written there',
  repair_failed: () => 'The files could not be set aside; they are where they were',
  insecure_address: () =>
    'The connection there would not be encrypted: whoever is on the way could read your password',
  bridge: () => 'Something went wrong inside Ferry',
  different_account: () =>
    'This profile belongs to another account; sign in with that one, or sign out first',
}

const isKnown = (code: string): code is KnownCode => Object.hasOwn(WORDS, code)

/** Why something failed, in plain words and without a full stop; never a code alone. */
export function describeFailure(failure: FailureView): string {
  if (isKnown(failure.code)) return WORDS[failure.code](failure)
  if (failure.message !== undefined && failure.message.trim() !== '') {
    return `The server refused it: ${isolate(failure.message.trim())}`
  }
  return `The server refused it and gave no reason that Ferry knows (${failure.code})`
}
