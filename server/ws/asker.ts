import { KeyedBuckets } from '../limits/keyed-buckets.ts'
import type { Session } from '../stream/session.ts'
import type { Timing } from '../timing.ts'
import type { Asker } from './request-handler.ts'

/** Typing signals that pass: one a second for each conversation. */
const TYPING = { perSecond: 1, burst: 1 }
const TYPING_CONVERSATIONS = 32

/** Who asks on a connection that was greeted. */
export function askerOf(
  session: Session,
  lane: number,
  timing: Pick<Timing, 'monotonicMs'>,
): Asker {
  const typing = new KeyedBuckets(TYPING, TYPING_CONVERSATIONS)
  return {
    user: session.receiver.user,
    lane,
    isSubscribed: (conversation) => session.isSubscribed(conversation),
    mayType: (conversation) => typing.take(conversation, timing.monotonicMs()) === 0,
    hearReceipts: () => {
      session.receiver.hearsReceipts = true
    },
  }
}
