import {
  type Id,
  isUserStream,
  type StreamId,
  userStream,
} from '../../protocol/model/primitives.ts'
import { type Refusal, refuse, refuseOutsider } from './refusal.ts'
import type { MembershipRow } from './rows.ts'

/** Whether one with this place may read the conversation now; the refusal if not. Called in the snapshot that is read. */
export function mayReadConversation(
  conversation: unknown,
  place: MembershipRow | null,
): Refusal | undefined {
  return refuseOutsider(conversation, place)
}

/** The same for a stream: a conversation's, or a user's own, which is for that user alone. */
export function mayReadStream(
  reader: Id,
  stream: StreamId,
  conversation: unknown,
  place: MembershipRow | null,
): Refusal | undefined {
  if (!isUserStream(stream)) return mayReadConversation(conversation, place)
  return stream === userStream(reader) ? undefined : refuse('not_found', 'There is no such stream.')
}
