import { KeyedBuckets } from '../limits/keyed-buckets.ts'
import { type Bucket, fullBucket, take, waitFor } from '../limits/token-bucket.ts'
import { connectionAllowance, userAllowance } from './limits.ts'

const REMEMBERED_USERS = 20_000

/** The pace of one connection. */
export interface Pace {
  /**
   * 0 when a request of `user` may pass at `now` (ms of a clock that does not jump); else how many ms to wait. Without a
   * user (a frame that fits nothing, or before hello) only the connection's own limit counts.
   */
  take(user: string | null, now: number): number
}

const UNLIMITED: Pace = { take: () => 0 }

/** Makes the pace of each connection, with a limit that all connections of a user share. 0 is no limit [V7]. */
export function createRateLimits(rateLimit: number): (now: number) => Pace {
  if (rateLimit === 0) return () => UNLIMITED
  const allowance = connectionAllowance(rateLimit)
  const users = new KeyedBuckets(userAllowance(rateLimit), REMEMBERED_USERS)
  return (opened) => {
    const bucket: Bucket = fullBucket(allowance, opened)
    return {
      take: (user, now) => {
        const own = waitFor(bucket, allowance, now)
        if (own > 0) return own
        const shared = user === null ? 0 : users.take(user, now)
        if (shared > 0) return shared
        return take(bucket, allowance, now)
      },
    }
  }
}
