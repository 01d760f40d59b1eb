/** A source of chance that repeats itself: the same seed, the same draws. */
export interface Seeded {
  /** From 0 up to and not including `below`. */
  int(below: number): number
  pick<T>(items: readonly [T, ...T[]]): T
}

/** mulberry32, by Tommy Ettinger, public domain. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return { int, pick: (items) => items[int(items.length)] ?? items[0] }
}
