import { beforeEach, expect, test } from 'vitest'
import type { AppEvent } from '../../protocol/ipc/views.ts'
import { type ChangeSet, Changes, MAX_MESSAGES_A_SET } from './changes.ts'
import { BULK_FRAME_MS, Emitter, FRAME_MS } from './emitter.ts'
import { VirtualTime } from './test-support/virtual-time.ts'

const OUTBOX: AppEvent = { type: 'outbox' }

let time: VirtualTime
let changes: Changes
let sets: ChangeSet[]
let emitted: AppEvent[]
let isBulk: boolean
let emitter: Emitter
/** Sets that were told in the task of a timer. */
let toldByTimer: number

beforeEach(() => {
  time = new VirtualTime()
  changes = new Changes()
  sets = []
  emitted = []
  isBulk = false
  toldByTimer = 0
  emitter = new Emitter({
    clock: time,
    timers: {
      defer: (callback) => time.defer(callback),
      set: (delayMs, callback) =>
        time.set(delayMs, () => {
          const before = sets.length
          callback()
          toldByTimer += sets.length - before
        }),
    },
    changes,
    describe: (set) => {
      sets.push(set)
      return [OUTBOX]
    },
    emit: (event) => emitted.push(event),
    isBulk: () => isBulk,
  })
  changes.watch('c1')
})

test('the first change is told at once, the following once a frame', async () => {
  changes.message('c1', 'a')
  await time.settle()
  expect(emitted).toEqual([OUTBOX])
  changes.message('c1', 'b')
  changes.message('c1', 'c')
  await time.advance(FRAME_MS - 1)
  expect(sets).toHaveLength(1)
  await time.advance(1)
  expect(sets[1]?.messages.get('c1')).toEqual(new Set(['b', 'c']))
})

test('[S6] while much is caught up, what others did is told less often', async () => {
  changes.message('c1', 'a')
  await time.settle()
  isBulk = true
  changes.message('c1', 'b')
  await time.advance(BULK_FRAME_MS - 1)
  expect(sets).toHaveLength(1)
  await time.advance(1)
  expect(sets).toHaveLength(2)
})

test.each([
  ['an operation', () => changes.operation('c1', 'own')],
  ['the outbox', () => changes.outbox()],
  ['the state', () => changes.state()],
])('[S6] what the user waits for is told within a frame meanwhile: %s', async (_, change) => {
  changes.message('c1', 'a')
  await time.settle()
  isBulk = true
  changes.message('c1', 'b')
  await time.advance(1)
  change()
  await time.advance(FRAME_MS - 1)
  expect(sets).toHaveLength(2)
  changes.message('c1', 'c')
  await time.advance(FRAME_MS)
  expect(sets).toHaveLength(2)
})

test('[S6] as many messages as one set holds are told within a frame meanwhile, and no more at once', async () => {
  changes.message('c1', 'a')
  await time.settle()
  isBulk = true
  for (let i = 0; i < MAX_MESSAGES_A_SET + 1; i += 1) changes.message('c1', `b${i}`)
  await time.advance(FRAME_MS)
  expect(sets.map((set) => set.messages.get('c1')?.size)).toEqual([1, MAX_MESSAGES_A_SET])
  await time.advance(FRAME_MS)
  expect(sets).toHaveLength(2)
  await time.advance(BULK_FRAME_MS)
  expect(sets[2]?.messages.get('c1')?.size).toBe(1)
})

test('[S6] a telling whose time has come still waits for a turn of its own', async () => {
  changes.message('c1', 'a')
  await time.settle()
  changes.message('c1', 'b')
  await time.advance(FRAME_MS)
  expect(sets).toHaveLength(2)
  expect(toldByTimer).toBe(0)
})

test('[S6] the last of what was caught up is told within a frame', async () => {
  changes.message('c1', 'a')
  await time.settle()
  isBulk = true
  changes.message('c1', 'b')
  isBulk = false
  emitter.flushIfDue()
  await time.advance(FRAME_MS)
  expect(sets).toHaveLength(2)
})

test('nothing is told after the end', async () => {
  changes.message('c1', 'a')
  emitter.stop()
  changes.message('c1', 'b')
  await time.advance(BULK_FRAME_MS)
  expect(sets).toEqual([])
})
