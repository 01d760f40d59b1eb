import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let conversation: Id

/** A new device of an account that has read 20 of 300 messages elsewhere. */
beforeEach(async () => {
  bench = new TestBench()
  await bench.engine.start()
  const { server } = bench
  const me = server.addUser('me')
  const bob = server.addUser('bob')
  ;({ id: conversation } = server.createConversation(me.id, 'Harbour', [bob.id]))
  for (let n = 1; n <= 300; n += 1) server.send(bob.id, conversation, `${n}`)
  server.moveReceipt(conversation, me.id, { read: 21 })
})
afterEach(() => bench.dispose())

test('[R5] a device that has only the newest counts from where the account has read, at least', async () => {
  await bench.signIn('me')
  await bench.time.advance(1_000)
  expect(await bench.conversation(conversation)).toMatchObject({
    readUpTo: 21,
    isReadKnown: true,
    isUnreadAtLeast: true,
    unread: 100,
  })
})

test('[R5] the count is whole when all of it was fetched', async () => {
  await bench.signIn('me')
  await bench.time.advance(1_000)
  const { handlers } = bench.engine
  await bench.act(handlers.getMessages({ conversation, before: 60, limit: 50 }))
  await bench.time.advance(1_000)
  expect(await bench.conversation(conversation)).toMatchObject({
    isUnreadAtLeast: false,
    unread: 280,
  })
})

test('[R5] nothing is marked as read before it is known how far that was', async () => {
  bench.line.fate = ({ op }) => (op === 'receipts' ? 'swallow' : 'pass')
  await bench.signIn('me')
  await bench.time.advance(1_000)
  expect(await bench.conversation(conversation)).toMatchObject({ isReadKnown: false })
  await bench.act(bench.engine.handlers.markRead({ conversation, seq: 301 }))
  await bench.time.advance(1_000)
  expect(bench.server.requests.filter(({ op }) => op === 'read')).toEqual([])
})

test('[R5] the conversation on screen, and the place in it, are known after a kill', async () => {
  await bench.signIn('me')
  await bench.time.advance(1_000)
  const { handlers } = bench.engine
  const place = { seq: 250, hiddenPx: 12 }
  await bench.act(handlers.keepPlace({ conversation, place }))
  await bench.act(handlers.keepOpen({ conversation }))
  await bench.killAndRestart()
  expect(await bench.state()).toMatchObject({ lastConversation: conversation })
  expect(await bench.conversation(conversation)).toMatchObject({ place, isReadKnown: true })
})
