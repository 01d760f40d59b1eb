import { describe, expect, test } from 'vitest'
import { checkHealth, shareProbe } from './health.ts'

describe('health', () => {
  const ok = { status: 'ok', lossless: true, detail: 'in process', relayLag: 0 } as const
  const degraded = {
    status: 'degraded',
    lossless: false,
    detail: 'redis: away',
    relayLag: 7,
  } as const
  const never = () => () => undefined
  const atOnce = (callback: () => void) => {
    callback()
    return () => undefined
  }

  test('[V8] without the bus it is degraded, without the database it is down', async () => {
    const works = async () => undefined
    const fails = async () => {
      throw new Error('away')
    }
    expect(await checkHealth(works, ok, never)).toMatchObject({ status: 'ok', database: 'ok' })
    expect(await checkHealth(works, degraded, never)).toMatchObject({
      status: 'degraded',
      stream: 'redis: away',
      relayLag: 7,
    })
    expect(await checkHealth(fails, ok, never)).toMatchObject({ status: 'down', database: 'down' })
    const hangs = () => new Promise<void>(() => undefined)
    expect(await checkHealth(hangs, ok, atOnce)).toMatchObject({ status: 'down' })
  })
  test('[V9] many who ask at once, or right after each other, cost one probe; later ones learn what is then', async () => {
    let now = 0
    let asked = 0
    let works = true
    const probe = shareProbe(
      async () => {
        asked += 1
        if (!works) throw new Error('full')
      },
      () => now,
    )
    await Promise.all(Array.from({ length: 100 }, probe))
    await probe()
    expect(asked).toBe(1)
    now += 1_000
    works = false
    const results = await Promise.allSettled([probe(), probe()])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(probe()).rejects.toThrow('full')
    expect(asked).toBe(2)
    now += 1_000
    works = true
    await probe()
    expect(asked).toBe(3)
  })
})
