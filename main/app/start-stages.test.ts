import { expect, test } from 'vitest'
import { createStartStages, HANDED_OVER_MS, STAGE_TIMEOUT_MS } from './start-stages.ts'

/** Timers that fire when told, and the stages with what was reached of them, in order. */
function setUp() {
  const waiting = new Map<object, { dueMs: number; callback: () => void }>()
  let nowMs = 0
  const stages = createStartStages({
    set(delayMs, callback) {
      const timer = {}
      waiting.set(timer, { dueMs: nowMs + delayMs, callback })
      return () => waiting.delete(timer)
    },
  })
  const reached: string[] = []
  void stages.page.then(() => reached.push('page'))
  void stages.script.then(() => reached.push('script'))
  void stages.painted.then(() => reached.push('painted'))
  /** Lets what was resolved be heard. */
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    stages,
    waiting,
    reached: async () => {
      await settle()
      return [...reached]
    },
    advance: async (ms: number) => {
      await settle()
      nowMs += ms
      for (const [timer, { dueMs, callback }] of [...waiting]) {
        if (dueMs > nowMs) continue
        waiting.delete(timer)
        callback()
      }
    },
  }
}

test('each stage is reached by what belongs to it, and leaves no timer', async () => {
  const { stages, waiting, reached, advance } = setUp()
  expect(await reached()).toEqual([])
  stages.served('/out/renderer/index.html')
  expect(await reached()).toEqual([])
  await advance(HANDED_OVER_MS)
  expect(await reached()).toEqual(['page'])
  stages.served('/out/renderer/assets/index.js')
  await advance(HANDED_OVER_MS)
  expect(await reached()).toEqual(['page', 'script'])
  stages.reportPainted()
  expect(await reached()).toEqual(['page', 'script', 'painted'])
  expect(waiting.size).toBe(0)
})

test('the script is handed over when nothing more is asked for', async () => {
  const { stages, reached, advance } = setUp()
  stages.served('/out/renderer/index.html')
  await advance(HANDED_OVER_MS)
  for (const file of ['index.js', 'react.js', 'index.css']) {
    stages.served(`/out/renderer/assets/${file}`)
    await advance(HANDED_OVER_MS - 1)
    expect(await reached()).toEqual(['page'])
  }
  await advance(1)
  expect(await reached()).toEqual(['page', 'script'])
})

test('a page that never comes holds up nothing', async () => {
  const { waiting, reached, advance } = setUp()
  await advance(STAGE_TIMEOUT_MS - 1)
  expect(await reached()).toEqual([])
  await advance(1)
  expect(await reached()).toEqual(['page'])
  await advance(STAGE_TIMEOUT_MS)
  expect(await reached()).toEqual(['page', 'script'])
  await advance(STAGE_TIMEOUT_MS)
  expect(await reached()).toEqual(['page', 'script', 'painted'])
  expect(waiting.size).toBe(0)
})

test('a hidden window, which is never painted, is waited for no longer than one stage', async () => {
  const { stages, reached, advance } = setUp()
  stages.served('/out/renderer/index.html')
  await advance(HANDED_OVER_MS)
  stages.served('/out/renderer/assets/index.js')
  await advance(HANDED_OVER_MS)
  await advance(STAGE_TIMEOUT_MS - 1)
  expect(await reached()).toEqual(['page', 'script'])
  await advance(1)
  expect(await reached()).toEqual(['page', 'script', 'painted'])
})

test('a page that comes from elsewhere is not waited for', async () => {
  const { stages, reached } = setUp()
  stages.servedElsewhere()
  expect(await reached()).toEqual(['page', 'script'])
})
