import { describe, expect, test } from 'vitest'
import { checkHealth } from './health.ts'

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
})
