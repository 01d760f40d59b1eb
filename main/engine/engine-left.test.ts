import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let me: Id
let bob: Id
let conversation: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ me, bob, conversation } = await bench.signedIn())
})
afterEach(() => bench.dispose())

test('[O9] a group that one leaves as its last member stays readable, over a restart too', async () => {
  bench.server.send(bob, conversation, 'before')
  await bench.time.advance(100)
  bench.server.leave(conversation, bob, bob)
  bench.server.leave(conversation, me, me)
  await bench.time.advance(100)
  for (const restart of [false, true]) {
    if (restart) await bench.killAndRestart()
    expect(await bench.conversation(conversation)).toMatchObject({ name: 'Harbour', member: false })
    expect(await bench.bodies(conversation)).toEqual(['before'])
  }
})

test('[O9] what an older version stored of such a group is shown again', async () => {
  bench.server.send(bob, conversation, 'before')
  await bench.time.advance(100)
  bench.server.leave(conversation, bob, bob)
  bench.server.leave(conversation, me, me)
  await bench.time.advance(100)
  bench.abandon()
  bench.damage("UPDATE conversations SET members = '[]', member = 0")
  await bench.restart()
  expect(await bench.conversation(conversation)).toMatchObject({ name: 'Harbour', member: false })
})

test('[O9] whoever is removed while writing keeps the conversation, and the draft in it', async () => {
  bench.server.send(bob, conversation, 'before')
  await bench.act(
    bench.engine.handlers.saveDraft({ conversation, body: 'half a sentence', about: null }),
  )
  bench.server.leave(conversation, me, bob)
  await bench.time.advance(100)
  await bench.killAndRestart()
  expect(await bench.conversation(conversation)).toMatchObject({
    member: false,
    draft: 'half a sentence',
  })
  expect(await bench.bodies(conversation)).toEqual(['before'])
})
