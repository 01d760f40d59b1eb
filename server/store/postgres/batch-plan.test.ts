import { expect, test } from 'vitest'
import type { AnyCommand } from '../../domain/command.ts'
import { makeCommand } from '../../test-support/make-command.ts'
import { planBatch } from './batch-plan.ts'

const free = { lanes: new Set<number>(), conversations: new Set<string>() }

function waiting(...commands: AnyCommand[]): { command: AnyCommand }[] {
  return commands.map((command) => ({ command }))
}

function send(conversation: string, lane: number, key?: string): AnyCommand {
  return makeCommand(
    'send',
    'ann',
    { conversation, body: 'text', ...(key !== undefined && { key }) },
    lane,
  )
}

const KEY = '6f1d1c5e-9c53-4c51-8f0f-0a5a6d1f5f11'

test('[V3] what waits for free conversations goes together, in order', () => {
  const queue = waiting(send('c1', 1), send('c2', 2), send('c1', 1), send('c1', 3))
  expect(planBatch(queue, free, 10)).toEqual({ batch: queue, rest: [] })
})

test('[O3] nothing overtakes a command of its own lane', () => {
  const queue = waiting(send('busy', 1), send('c2', 1), send('c2', 2))
  const plan = planBatch(queue, { ...free, conversations: new Set(['busy']) }, 10)
  expect(plan.batch).toEqual([queue[2]])
  expect(plan.rest).toEqual([queue[0], queue[1]])
  expect(planBatch(queue, { ...free, lanes: new Set([1]) }, 10).batch).toEqual([queue[2]])
})

test('[V4] the same key twice is never decided in one transaction, however it is written', () => {
  const queue = waiting(send('c1', 1, KEY), send('c1', 2, KEY.toUpperCase()), send('c1', 2))
  const plan = planBatch(queue, free, 10)
  expect(plan.batch).toEqual([queue[0]])
  expect(plan.rest).toEqual([queue[1], queue[2]])
})

test('[V1] two commands about one message are decided one transaction after the other', () => {
  const edit = makeCommand('edit', 'ann', { message: 'm1', body: 'x', baseVersion: 1 }, 1)
  const remove = makeCommand('delete', 'bob', { message: 'm1' }, 2)
  const other = makeCommand('delete', 'bob', { message: 'm2' }, 3)
  const plan = planBatch(waiting(edit, remove, other), free, 10)
  expect(plan.batch).toEqual(waiting(edit, other))
  expect(plan.rest).toEqual(waiting(remove))
})

test('[V1] a change of members is alone in its transaction', () => {
  const add = makeCommand('member.add', 'ann', { conversation: 'c1', user: 'bob' }, 1)
  const queue = waiting(add, send('c1', 2))
  expect(planBatch(queue, free, 10)).toEqual({ batch: [queue[0]], rest: [queue[1]] })
  const reversed = waiting(send('c1', 2), add, send('c1', 3))
  expect(planBatch(reversed, free, 10)).toEqual({
    batch: [reversed[0], reversed[2]],
    rest: [reversed[1]],
  })
})

test('a batch is bounded, and what is left keeps its order', () => {
  const queue = waiting(...Array.from({ length: 5 }, (_, i) => send(`c${i}`, i)))
  const plan = planBatch(queue, free, 2)
  expect(plan.batch).toEqual(queue.slice(0, 2))
  expect(plan.rest).toEqual(queue.slice(2))
})

test('[R2] marks of one reader in one conversation are decided one transaction after the other', () => {
  const delivered = (conversation: string, lane: number) =>
    makeCommand('delivered', 'ann', { conversation, seq: 3 }, lane)
  const read = makeCommand('read', 'ann', { conversation: 'c1', seq: 3 }, 5)
  const queue = waiting(delivered('c1', 1), delivered('c2', 2), delivered('c1', 3), read)
  const plan = planBatch(queue, free, 10)
  expect(plan.batch).toEqual([queue[0], queue[1]])
  expect(plan.rest).toEqual([queue[2], queue[3]])
})
