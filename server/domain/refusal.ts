import { type ErrorCode, type WireError, wireError } from '../../protocol/wire/error.ts'
import type { MembershipRow } from './rows.ts'

export interface Refusal {
  readonly ok: false
  readonly error: WireError
}

/** A decision that nothing happens, and why. */
export function refuse(code: ErrorCode, message: string, details?: unknown): Refusal {
  return {
    ok: false,
    error: wireError(code, message, details === undefined ? {} : { details }),
  }
}

/** Whether someone is a member now. */
export function isMember(place: MembershipRow | null): place is MembershipRow & { role: string } {
  return place !== null && place.role !== null
}

/**
 * What one who names a conversation may know of it. An id that does not exist is `not_found`. One that exists and that
 * the asker is not (or no longer) a member of is `forbidden`: conversation ids cannot be guessed, so whoever has one
 * was given it, and learns nothing new.
 */
export function refuseOutsider(
  conversation: unknown,
  place: MembershipRow | null,
): Refusal | undefined {
  if (conversation === null) return refuse('not_found', 'There is no such conversation.')
  if (!isMember(place)) return refuse('forbidden', 'You are not a member of this conversation.')
  return undefined
}

/**
 * What one who names a message may know of it. In a conversation that the asker never was a member of, it is
 * `not_found`, as if it did not exist; a former member, who knew of the conversation, is told `forbidden`.
 */
export function refuseStranger(message: unknown, place: MembershipRow | null): Refusal | undefined {
  if (message === null || place === null) return refuse('not_found', 'There is no such message.')
  if (!isMember(place)) return refuse('forbidden', 'You are not a member of this conversation.')
  return undefined
}

/** Whether a member may do what needs an owner or admin. */
export function isModerator(place: MembershipRow): boolean {
  return place.role === 'owner' || place.role === 'admin'
}
