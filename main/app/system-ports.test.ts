import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemTimers } from './system-ports.ts'

/** What ran after each of the next `count` iterations of the event loop. */
async function iterations(count: number, log: readonly string[]): Promise<string[]> {
  const seen: string[] = []
  for (let i = 0; i < count; i += 1) {
    await setImmediate()
    seen.push(log.join(' '))
  }
  return seen
}

test('[S6] one deferred callback runs in an iteration of the event loop, in order', async () => {
  const log: string[] = []
  systemTimers.defer(() => {
    log.push('a')
    systemTimers.defer(() => log.push('d'))
  })
  const cancel = systemTimers.defer(() => log.push('b'))
  systemTimers.defer(() => log.push('c'))
  cancel()
  expect(log).toEqual([])
  expect(await iterations(4, log)).toEqual(['a', 'a c', 'a c d', 'a c d'])
  systemTimers.defer(() => log.push('e'))
  expect(await iterations(1, log)).toEqual(['a c d e'])
})
