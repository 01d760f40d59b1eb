import { KeyedBuckets } from '../limits/keyed-buckets.ts'

/** Failed attempts for one name from one address: ten at once, then one in 30 s. */
const BY_PAIR = { perSecond: 1 / 30, burst: 10 }
/** Failed attempts for one name from anywhere; more, so that a stranger's attempts do not lock the owner out. */
const BY_NAME = { perSecond: 1 / 6, burst: 50 }
/** Failed attempts from one address, which many people may share. */
const BY_ADDRESS = { perSecond: 1 / 2, burst: 100 }
/** Names, addresses and pairs that are remembered, of each kind [V7]. */
const REMEMBERED = 10_000

/** Who may try to sign in now [V7]. Only failures count. `now` is ms of a clock that does not jump. */
export class SignInLimits {
  readonly #byPair = new KeyedBuckets(BY_PAIR, REMEMBERED)
  readonly #byName = new KeyedBuckets(BY_NAME, REMEMBERED)
  readonly #byAddress = new KeyedBuckets(BY_ADDRESS, REMEMBERED)

  /** How many ms until the next attempt; 0 when it may be made now. */
  waitFor(name: string, address: string, now: number): number {
    return Math.max(
      this.#byPair.waitFor(pair(name, address), now),
      this.#byName.waitFor(name, now),
      this.#byAddress.waitFor(address, now),
    )
  }

  failed(name: string, address: string, now: number): void {
    this.#byPair.take(pair(name, address), now)
    this.#byName.take(name, now)
    this.#byAddress.take(address, now)
  }
}

function pair(name: string, address: string): string {
  return JSON.stringify([name, address])
}
