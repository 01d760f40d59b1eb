import {
  type Allowance,
  type Bucket,
  fullBucket,
  isFull,
  spend,
  take,
  waitFor,
} from './token-bucket.ts'

/**
 * A token bucket for each key, in bounded memory [V7]: full ones are forgotten when room is needed, and if all are in
 * use, the one that was used least recently is.
 */
export class KeyedBuckets {
  readonly #allowance: Allowance
  readonly #capacity: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(allowance: Allowance, capacity: number) {
    this.#allowance = allowance
    this.#capacity = capacity
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token of `key`; 0, or how many ms until there is one. `now` in ms of a clock that does not jump. */
  take(key: string, now: number): number {
    return take(this.#used(key, now), this.#allowance, now)
  }

  /** Takes `amount` tokens of `key`, also those that are not there yet; gives them back when it is below 0. */
  spend(key: string, amount: number, now: number): void {
    spend(this.#used(key, now), this.#allowance, amount, now)
  }

  /** How many ms until there is a token of `key`; 0 when there is one now. Takes none. */
  waitFor(key: string, now: number): number {
    const bucket = this.#buckets.get(key)
    return bucket === undefined ? 0 : waitFor(bucket, this.#allowance, now)
  }

  #used(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? this.#make(now)
    // Set again, so that the order of the map is that of use.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    return bucket
  }

  #make(now: number): Bucket {
    if (this.#buckets.size >= this.#capacity) this.#forget(now)
    return fullBucket(this.#allowance, now)
  }

  #forget(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (isFull(bucket, this.#allowance, now)) this.#buckets.delete(key)
    }
    if (this.#buckets.size < this.#capacity) return
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}
