import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let conversation: Id
let me: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ conversation, me } = await bench.signedIn())
})
afterEach(() => bench.dispose())

describe('what waits when the server turns out to have been restored', () => {
  test('[S4] a change of a lost message waits for it, and is not refused before that is known', async () => {
    await bench.send(conversation, 'kept')
    const lost = await bench.send(conversation, 'lost')
    await bench.offline()
    const { handlers } = bench.engine
    const edit = { key: randomUUID(), message: lost, body: 'edited' }
    await bench.act(handlers.editMessage(edit))
    bench.server.truncate(conversation, 2)
    bench.server.requests.splice(0)
    await bench.online()
    await bench.time.advance(1_000)
    expect(bench.server.requests.filter(({ op }) => op === 'edit')).toEqual([])
    await bench.act(handlers.retryOperation({ key: lost }))
    await bench.time.advance(1_000)
    expect(bench.server.bodies(conversation)).toEqual(['kept', 'edited'])
  })

  test('[O10] a lost message whose deletion waits does not come back', async () => {
    await bench.send(conversation, 'kept')
    const lost = await bench.send(conversation, 'lost')
    await bench.offline()
    const { handlers } = bench.engine
    await bench.act(handlers.deleteMessage({ key: randomUUID(), message: lost }))
    bench.server.truncate(conversation, 2)
    await bench.online()
    await bench.time.advance(1_000)
    expect(await bench.bodies(conversation)).toEqual(['kept'])
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
  })
})

test('[S3] a reaction whose late answer comes after another device took it back stays taken back', async () => {
  const { id } = bench.server.send(me, conversation, 'hello')
  await bench.time.advance(100)
  bench.line.fate = ({ op }) => (op === 'react' ? 'swallow' : 'pass')
  const react = { key: randomUUID(), message: id, emoji: '👍', on: true }
  await bench.act(bench.engine.handlers.reactToMessage(react))
  bench.server.take(me, { op: 'react', key: randomUUID(), message: id, emoji: '👍', on: false })
  await bench.time.advance(100)
  bench.line.fate = () => 'pass'
  await bench.time.advance(20_000)
  expect((await bench.state()).outbox).toMatchObject({ waiting: 0 })
  expect((await bench.message(conversation, id))?.reactions).toEqual([])
})
