import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { send } from '../store/test-support/samples.ts'
import { MAX_MESSAGES_A_SET } from './changes.ts'
import { TestBench } from './test-support/test-bench.ts'

const MANY = 1_000

let bench: TestBench
let conversation: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ conversation } = await bench.signedIn())
  bench.line.down()
  bench.abandon()
  bench.withStore((store) => {
    for (let n = 1; n <= MANY; n += 1) store.putOperation(send(n, { conversation }))
  })
  await bench.restart()
})
afterEach(() => bench.dispose())

test('[S6] [O9] of thousands that wait in a conversation the first come with its page, all others behind them in order', async () => {
  bench.told()
  const page = await bench.messages(conversation)
  expect(page.length).toBeLessThanOrEqual(MAX_MESSAGES_A_SET)
  await bench.time.advance(1_000)
  const told = bench.told().flatMap((event) => (event.type === 'messages' ? event.upserted : []))
  const texts = [...page, ...told].map(({ body }) => body)
  expect(texts).toEqual(Array.from({ length: MANY }, (_, n) => `text ${n + 1}`))
})
