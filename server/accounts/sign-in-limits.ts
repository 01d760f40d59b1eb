import { KeyedBuckets } from '../limits/keyed-buckets.ts'

/** Failed attempts for one name from one address: ten at once, then one in 30 s. */
const BY_PAIR = { perSecond: 1 / 30, burst: 10 }
/** Failed attempts from one address, which many people may share. */
const BY_ADDRESS = { perSecond: 1 / 2, burst: 100 }
/** Failed attempts for one name from anywhere; beyond, attempts from new places are made to wait, and not refused. */
const BY_NAME = { perSecond: 1 / 6, burst: 50 }
/** How long they wait, in ms. */
const NAME_DELAY_MS = 2_000
/** Where a name has signed in before, attempts beyond all limits are looked at one by one, so far apart, in ms. */
const KNOWN_APART_MS = 2_000
/** So long one of these waits at most, in ms, before it is refused. */
const KNOWN_PATIENCE_MS = 4_000
/** Names, addresses and pairs that are remembered, of each kind [V7]. */
const REMEMBERED = 10_000

/**
 * An attempt: look at the password now, look at it `afterMs` from now, or do not look at it at all. `isBeyond`: the
 * limits are passed, and only the right password makes a difference.
 */
export type Verdict =
  | { readonly kind: 'now'; readonly isBeyond: boolean }
  | { readonly kind: 'later'; readonly afterMs: number; readonly because: 'name' | 'known' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number }

/** What an attempt has already waited for. */
export type Waited = 'nothing' | 'name' | 'known'

const NOW: Verdict = { kind: 'now', isBeyond: false }
const BEYOND: Verdict = { kind: 'now', isBeyond: true }

/**
 * Who may try to sign in now [V7]. Only failures count. Those of strangers never lock the right password out: they
 * close their own address to themselves; many of them for one name make others who try that name from elsewhere wait a
 * little; and where a name has signed in before, it always gets its turn. `now` is ms of a clock that does not jump.
 */
export class SignInLimits {
  readonly #byPair = new KeyedBuckets(BY_PAIR, REMEMBERED)
  readonly #byName = new KeyedBuckets(BY_NAME, REMEMBERED)
  readonly #byAddress = new KeyedBuckets(BY_ADDRESS, REMEMBERED)
  /** Pairs that signed in, the least recent first, and when each may have its next turn beyond its limits. */
  readonly #known = new Map<string, number>()

  /** What to do with an attempt; asked again after it has waited. */
  judge(name: string, address: string, now: number, waited: Waited): Verdict {
    const pair = pairOf(name, address)
    const retryAfterMs = Math.max(
      this.#byPair.waitFor(pair, now),
      this.#byAddress.waitFor(address, now),
    )
    const turn = this.#known.get(pair)
    if (retryAfterMs > 0) {
      if (waited === 'known') return BEYOND
      return turn === undefined
        ? { kind: 'refused', retryAfterMs }
        : this.#takeTurn(pair, Math.max(turn, now), now)
    }
    const isSuspect = turn === undefined && waited === 'nothing'
    if (isSuspect && this.#byName.waitFor(name, now) > 0) {
      return { kind: 'later', afterMs: NAME_DELAY_MS, because: 'name' }
    }
    return NOW
  }

  failed(name: string, address: string, now: number): void {
    this.#byPair.take(pairOf(name, address), now)
    this.#byName.take(name, now)
    this.#byAddress.take(address, now)
  }

  succeeded(name: string, address: string, now: number): void {
    const pair = pairOf(name, address)
    const turn = this.#known.get(pair) ?? now
    // Set again, so that the order of the map is that of use.
    this.#known.delete(pair)
    this.#known.set(pair, turn)
    const [oldest] = this.#known.keys()
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
  }

  #takeTurn(pair: string, turn: number, now: number): Verdict {
    const afterMs = turn - now
    if (afterMs > KNOWN_PATIENCE_MS) return { kind: 'refused', retryAfterMs: KNOWN_APART_MS }
    this.#known.set(pair, turn + KNOWN_APART_MS)
    return afterMs === 0 ? BEYOND : { kind: 'later', afterMs, because: 'known' }
  }
}

function pairOf(name: string, address: string): string {
  return JSON.stringify([name, address])
}
