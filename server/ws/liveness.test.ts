import { describe, expect, test } from 'vitest'
import { Liveness } from './liveness.ts'

describe('[V7] liveness', () => {
  const quiet = { waiting: 0, flushed: 0 }

  test('a peer that answers pings lives; one that does not is dead within 45 s', () => {
    const liveness = new Liveness(0)
    const verdicts = new Map<number, string>()
    for (let at = 1_000; at <= 60_000; at += 1_000) {
      const verdict = liveness.look(at, quiet)
      verdicts.set(at, verdict)
      if (verdict === 'ping' && at < 20_000) liveness.heard(at)
    }
    expect(verdicts.get(15_000)).toBe('ping')
    expect(verdicts.get(30_000)).toBe('ping')
    const dead = [...verdicts].find(([, verdict]) => verdict === 'dead')?.[0] ?? 0
    expect(dead - 15_000).toBeGreaterThan(40_000)
    expect(dead - 15_000).toBeLessThanOrEqual(45_000)
  })

  test('a slow line is no dead one: waiting bytes that leave are a sign of life', () => {
    const liveness = new Liveness(0)
    for (let at = 1_000; at <= 200_000; at += 1_000) {
      const look = { waiting: 1_000_000 - at, flushed: at }
      expect(liveness.look(at, look)).not.toBe('dead')
    }
  })

  test('[V21] one that answers pings and takes nothing for a minute is stuck; one that takes a little is not', () => {
    const look = (flushed: (at: number) => number) => {
      const liveness = new Liveness(0)
      const verdicts = new Map<number, string>()
      for (let at = 1_000; at <= 200_000; at += 1_000) {
        liveness.heard(at)
        verdicts.set(
          at,
          liveness.look(at, { waiting: at < 20_000 ? 0 : 4_000_000, flushed: flushed(at) }),
        )
      }
      return [...verdicts].find(([, verdict]) => verdict === 'stuck')?.[0]
    }
    expect(look(() => 0)).toBe(79_000)
    expect(look((at) => Math.floor(at / 50_000))).toBe(undefined)
  })

  test('our own pings, taken by the system, are none', () => {
    const liveness = new Liveness(0)
    const verdicts = Array.from({ length: 50 }, (_, i) =>
      liveness.look((i + 1) * 1_000, { waiting: 0, flushed: i }),
    )
    expect(verdicts).toContain('dead')
  })
})
