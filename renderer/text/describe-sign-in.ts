import type { FailureView } from '../../protocol/ipc/views.ts'
import type { NetworkReason } from '../../protocol/wire/failure.ts'
import { describeFailure } from './describe-failure.ts'

/** Why signing in or creating an account failed, and what to do about it; without a full stop where nothing follows. */
export function describeSignInFailure(failure: FailureView, host: string): string {
  switch (failure.code) {
    case 'unauthenticated':
      return 'Wrong username or password'
    case 'network':
      return REACHING[failure.reason ?? 'unknown'](host)
    case 'timeout':
      return `${host} did not answer in time. Try again, and check the address if that does not help.`
    case 'not_found':
      return `There is no Ferry server at ${host}. Check the address.`
    case 'rate_limited':
      return 'Too many attempts; wait a moment and try again'
    case 'invalid':
      return 'The server does not accept this username or password'
    case 'username_taken':
      return 'This username is taken. Choose another one, or sign in if it is yours.'
    case 'registration_closed':
      return 'This server does not take new accounts. Ask whoever runs it for one.'
    case 'different_account':
      return 'Somebody else is signed in here. Sign out first.'
    default:
      return describeFailure(failure)
  }
}

const REACHING: Record<NetworkReason, (host: string) => string> = {
  name_not_found: (host) =>
    `There is no server called ${host}. Check the address, and that this computer is online.`,
  refused: (host) =>
    `Nothing answers at ${host}. Check the address and its port, and that the server is running.`,
  unreachable: (host) =>
    `${host} cannot be reached. Check the address, and that this computer is online.`,
  tls: (host) =>
    `There is no secure connection to ${host}: its certificate is not one that this computer trusts, or there is none. Ask whoever runs it.`,
  not_our_server: (host) =>
    `What answers at ${host} is not a Ferry server. Check the address; if this network wants you to sign in first, do that.`,
  cut: (host) => `The connection to ${host} was cut. Try again.`,
  half_open: (host) => `${host} stopped answering. Try again.`,
  unknown: () => 'The server cannot be reached',
}
