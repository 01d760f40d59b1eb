/** How much may pass: `perSecond` in the long run, `burst` at once. */
export interface Allowance {
  readonly perSecond: number
  readonly burst: number
}

/** What is left, and when that was counted, in ms of a clock that does not jump. */
export interface Bucket {
  tokens: number
  countedAt: number
}

/** A bucket that nothing has been taken from. */
export function fullBucket(allowance: Allowance, now: number): Bucket {
  return { tokens: allowance.burst, countedAt: now }
}

/**
 * Takes one token, if there is one (token bucket).
 *
 * @returns 0 when it was taken; else how many ms until there will be one.
 */
export function take(bucket: Bucket, allowance: Allowance, now: number): number {
  const wait = waitFor(bucket, allowance, now)
  if (wait === 0) bucket.tokens -= 1
  return wait
}

/** Takes `amount` tokens, also those that are not there yet, or gives them back when it is below 0. */
export function spend(bucket: Bucket, allowance: Allowance, amount: number, now: number): void {
  refill(bucket, allowance, now)
  const { burst } = allowance
  bucket.tokens = Math.min(burst, Math.max(-burst, bucket.tokens - amount))
}

/** How many ms until there is a token; 0 when there is one now. Takes none. */
export function waitFor(bucket: Bucket, allowance: Allowance, now: number): number {
  refill(bucket, allowance, now)
  if (bucket.tokens >= 1) return 0
  return Math.max(1, Math.ceil(((1 - bucket.tokens) / allowance.perSecond) * 1000))
}

/** Whether nothing is missing, so that the bucket need not be remembered. */
export function isFull(bucket: Bucket, allowance: Allowance, now: number): boolean {
  refill(bucket, allowance, now)
  return bucket.tokens >= allowance.burst
}

function refill(bucket: Bucket, allowance: Allowance, now: number): void {
  const gained = ((now - bucket.countedAt) / 1000) * allowance.perSecond
  bucket.tokens = Math.min(allowance.burst, bucket.tokens + Math.max(0, gained))
  bucket.countedAt = now
}
