import { beforeEach, expect, test } from 'vitest'
import type { AppEvent } from '../../protocol/ipc/views.ts'
import { type ChangeSet, Changes } from './changes.ts'
import { BULK_FRAME_MS, Emitter, FRAME_MS } from './emitter.ts'
import { VirtualTime } from './test-support/virtual-time.ts'

const OUTBOX: AppEvent = { type: 'outbox' }

let time: VirtualTime
let changes: Changes
let sets: ChangeSet[]
let emitted: AppEvent[]
let isBulk: boolean
let emitter: Emitter

beforeEach(() => {
  time = new VirtualTime()
  changes = new Changes()
  sets = []
  emitted = []
  isBulk = false
  emitter = new Emitter({
    clock: time,
    timers: time,
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
