import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { UNDO_MS } from '../sync/retry-policy.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let conversation: Id
let me: Id
let bob: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ conversation, me, bob } = await bench.signedIn())
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
    await bench.time.advance(UNDO_MS + 1_000)
    expect(await bench.bodies(conversation)).toEqual(['kept'])
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
  })
})

describe('what a restored server lost', () => {
  /** The server comes back with another database that knows what was said until now. */
  async function restore(change: () => void): Promise<void> {
    const restoredTo = new Date(bench.time.now()).toISOString()
    change()
    Object.assign(bench.server, { instance: randomUUID(), restoredTo })
    await bench.online()
    await bench.time.advance(2_000)
  }

  test('[O9] confirmed edits come back with both texts', async () => {
    const key = await bench.send(conversation, 'first')
    await bench.time.advance(100)
    const edit = { key: randomUUID(), message: key, body: 'edited' }
    await bench.act(bench.engine.handlers.editMessage(edit))
    await bench.time.advance(100)
    await bench.offline()
    await restore(() => bench.server.truncate(conversation, 2))
    expect((await bench.message(conversation, key))?.pending?.status).toEqual({
      state: 'conflict',
      mine: 'edited',
      theirs: 'first',
    })
    expect(bench.server.bodies(conversation)).toEqual(['first'])
  })

  test('[S4] a conversation that it does not show is left, and taken anew when it is shown again', async () => {
    for (const body of ['old 1', 'old 2', 'old 3']) bench.server.send(bob, conversation, body)
    await bench.time.advance(100)
    const lost = await bench.send(conversation, 'mine')
    await bench.time.advance(100)
    await bench.offline()
    await restore(() => {
      bench.server.truncate(conversation, 1)
      bench.server.leave(conversation, me, bob)
    })
    expect(await bench.conversation(conversation)).toMatchObject({ member: false })
    expect(await bench.message(conversation, lost)).toMatchObject({ state: 'failed' })
    bench.server.take(bob, { op: 'member.add', key: randomUUID(), conversation, user: me })
    for (const body of ['new 1', 'new 2', 'new 3']) bench.server.send(bob, conversation, body)
    await bench.time.advance(2_000)
    const bodies = await bench.bodies(conversation)
    expect(bodies).toEqual(['new 1', 'new 2', 'new 3', 'mine'])
  })

  test('[O9] a message that its clock stamped a little before the backup comes back too', async () => {
    const lost = await bench.send(conversation, 'mine')
    await bench.time.advance(1_000)
    await bench.offline()
    await restore(() => {
      bench.server.truncate(conversation, 1)
      for (const body of ['new 1', 'new 2']) bench.server.send(bob, conversation, body)
    })
    expect(await bench.message(conversation, lost)).toMatchObject({ state: 'failed' })
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
