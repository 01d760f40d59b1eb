import { describe, expect, test } from 'vitest'
import { CHECK_INTERVAL_MS, keepAlive } from './keep-alive.ts'
import { ManualTime } from './test-support/manual-time.ts'

function watched() {
  const line = { bytes: 0, paused: false, pings: 0, deaths: 0 }
  const time = new ManualTime()
  const pulse = {
    bytesRead: () => line.bytes,
    isPaused: () => line.paused,
    ping: () => {
      line.pings += 1
    },
  }
  const stop = keepAlive(pulse, time, () => {
    line.deaths += 1
  })
  return { line, time, stop }
}

describe('keep alive', () => {
  test('[S5] silence from one check to the next is death, told once', () => {
    const { line, time } = watched()
    time.advance(CHECK_INTERVAL_MS)
    expect(line).toMatchObject({ pings: 1, deaths: 0 })
    time.advance(CHECK_INTERVAL_MS * 10)
    expect(line).toMatchObject({ pings: 1, deaths: 1 })
    expect(time.waiting).toBe(0)
  })

  test('[S5] one large frame over a slow line is life, long before it is whole', () => {
    const { line, time } = watched()
    for (let turn = 0; turn < 100; turn += 1) {
      line.bytes += 1
      time.advance(CHECK_INTERVAL_MS)
    }
    expect(line.deaths).toBe(0)
  })

  test('[S6] while reading is paused silence says nothing; afterwards a ping is asked for first', () => {
    const { line, time } = watched()
    time.advance(CHECK_INTERVAL_MS)
    line.paused = true
    time.advance(CHECK_INTERVAL_MS * 10)
    line.paused = false
    time.advance(CHECK_INTERVAL_MS)
    expect(line.deaths).toBe(0)
    time.advance(CHECK_INTERVAL_MS)
    expect(line.deaths).toBe(1)
  })

  test('[S5] a watch that was ended asks for nothing more', () => {
    const { line, time, stop } = watched()
    stop()
    time.advance(CHECK_INTERVAL_MS * 10)
    expect(line).toMatchObject({ pings: 0, deaths: 0 })
  })
})
