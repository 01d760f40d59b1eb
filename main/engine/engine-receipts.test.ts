import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import type { RequestBody } from '../sync/transport.ts'
import { REPORT_AFTER_MS, REPORT_AGAIN_MS, REPORT_EVERY_MS } from './delivery-reports.ts'
import { REFRESH_MS } from './receipt-questions.ts'
import { refused } from './test-support/fake-answer.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

beforeEach(() => {
  bench = new TestBench()
})
afterEach(() => bench.dispose())

const asked = <O extends 'delivered' | 'receipts'>(op: O): RequestBody<O>[] =>
  bench.server.requests.filter((request): request is RequestBody<O> => request.op === op)
const stateOf = async (conversation: Id, key: string) =>
  (await bench.message(conversation, key))?.state
/** Time in which a report leaves, and what was pushed is stored. */
const pass = () => bench.time.advance(REPORT_AFTER_MS + REPORT_EVERY_MS)

/** Signed in with a direct conversation, and one message in it that arrived. */
async function withMessage() {
  await bench.engine.start()
  const me = bench.server.addUser('me')
  const bob = bench.server.addUser('bob')
  const { id } = bench.server.createConversation(me.id, null, [bob.id])
  await bench.signIn('me')
  await bench.messages(id)
  const key = await bench.send(id, 'hello')
  await pass()
  return { me: me.id, bob: bob.id, conversation: id, key }
}

describe('a message of one’s own', () => {
  test('[R1] passes from sent to delivered to read as the other comes further', async () => {
    const { bob, conversation, key } = await withMessage()
    expect(await stateOf(conversation, key)).toBe('sent')
    const told = bench.events
    told.length = 0
    bench.server.moveReceipt(conversation, bob, { delivered: 2 })
    await pass()
    expect(await stateOf(conversation, key)).toBe('delivered')
    bench.server.moveReceipt(conversation, bob, { read: 2 })
    await pass()
    expect(await stateOf(conversation, key)).toBe('read')
    const states = told.flatMap((event) =>
      event.type === 'messages' ? event.upserted.map((view) => [view.key, view.state]) : [],
    )
    expect(states).toEqual([
      [key, 'delivered'],
      [key, 'read'],
    ])
  })

  test('[R2] [R4] offline after a restart stands as it stood, and never moves back', async () => {
    const { bob, conversation, key } = await withMessage()
    bench.server.moveReceipt(conversation, bob, { delivered: 2, read: 2 })
    await pass()
    bench.line.down()
    await bench.killAndRestart()
    expect(await stateOf(conversation, key)).toBe('read')
    await bench.online()
    bench.server.moveReceipt(conversation, bob, { delivered: 1, read: 0 })
    await pass()
    expect(await stateOf(conversation, key)).toBe('read')
  })

  test('[R4] what moved while the line was cut is asked for; where all is read, nothing is', async () => {
    const { bob, conversation, key } = await withMessage()
    await bench.offline()
    bench.server.receipts.move(conversation, bob, { delivered: 2, read: 2 })
    bench.server.requests.length = 0
    await bench.online()
    await pass()
    expect(await stateOf(conversation, key)).toBe('read')
    expect(asked('receipts').map(({ conversations }) => conversations)).toEqual([
      [],
      [conversation],
    ])
    await bench.offline()
    bench.server.requests.length = 0
    await bench.online()
    await pass()
    expect(asked('receipts').map(({ conversations }) => conversations)).toEqual([[]])
  })

  test('[R4] word that got lost is made up for in minutes, for what is on screen', async () => {
    const { bob, conversation, key } = await withMessage()
    bench.server.receipts.move(conversation, bob, { delivered: 2, read: 2 })
    await pass()
    expect(await stateOf(conversation, key)).toBe('sent')
    await bench.time.advance(REFRESH_MS)
    expect(await stateOf(conversation, key)).toBe('read')
    bench.server.requests.length = 0
    await bench.time.advance(2 * REFRESH_MS)
    expect(asked('receipts')).toEqual([])
  })

  test('[R4] a question that failed is asked again', async () => {
    const { bob, conversation, key } = await withMessage()
    await bench.offline()
    bench.server.receipts.move(conversation, bob, { delivered: 2 })
    let failures = 0
    bench.line.fate = ({ op }) =>
      op === 'receipts' && failures++ < 2 ? refused('unavailable') : 'pass'
    await bench.online()
    await bench.time.advance(15_000)
    expect(await stateOf(conversation, key)).toBe('delivered')
  })

  test('[R4] many conversations are asked for a hundred at a time, and reported together', async () => {
    const { me, bob } = await withMessage()
    for (let n = 0; n < 120; n += 1) bench.server.createConversation(me, null, [bob])
    await bench.time.advance(10_000)
    await bench.offline()
    for (const id of bench.server.conversationsOf(bob)) bench.server.send(bob, id, 'missed')
    bench.server.requests.length = 0
    await bench.online()
    await bench.time.advance(5_000)
    const sizes = asked('receipts').map(({ conversations }) => conversations.length)
    expect(sizes).toEqual([0, 100, 21])
    expect(asked('delivered').map(({ upTo }) => Object.keys(upTo).length)).toEqual([121])
  })

  test('[R1] in a group is delivered when all have it, and shows how many do', async () => {
    const { me, bob, conversation } = await bench.signedIn()
    const cat = bench.server.addUser('cat').id
    bench.server.addMember(conversation, cat)
    await pass()
    const key = await bench.send(conversation, 'to both')
    await pass()
    const [message] = await bench.messages(conversation)
    const seq = message?.seq ?? 0
    bench.server.moveReceipt(conversation, bob, { delivered: seq, read: seq })
    await pass()
    expect(await bench.message(conversation, key)).toMatchObject({
      ...{ state: 'sent', reach: { of: 2, delivered: 1, read: 1 } },
    })
    bench.server.moveReceipt(conversation, cat, { delivered: seq })
    await pass()
    expect(await bench.message(conversation, key)).toMatchObject({
      ...{ state: 'delivered', reach: { of: 2, delivered: 2, read: 1 } },
    })
    bench.server.leave(conversation, cat, me)
    await pass()
    expect(await stateOf(conversation, key)).toBe('read')
    const dan = bench.server.addUser('dan').id
    bench.server.addMember(conversation, dan)
    await pass()
    expect(await stateOf(conversation, key)).toBe('read')
  })

  test('[R1] in a conversation with nobody else stays sent, and one of others shows nothing', async () => {
    await bench.engine.start()
    const me = bench.server.addUser('me')
    const { id } = bench.server.createConversation(me.id, 'Notes', [])
    await bench.signIn('me')
    const key = await bench.send(id, 'to myself')
    await pass()
    expect(await bench.message(id, key)).toMatchObject({ state: 'sent', reach: null })
  })

  test('[R2] of a restored server is what the server knows of it then', async () => {
    const { bob, conversation, key } = await withMessage()
    bench.server.moveReceipt(conversation, bob, { delivered: 2, read: 2 })
    await pass()
    await bench.offline()
    bench.server.truncate(conversation, 1)
    bench.server.instance = 'second'
    bench.server.receipts.move(conversation, bob, { delivered: 1, read: 1 })
    await bench.online()
    await pass()
    expect(await stateOf(conversation, key)).toBe('failed')
    await bench.act(bench.engine.handlers.retryOperation({ key }))
    await pass()
    expect(await stateOf(conversation, key)).toBe('sent')
  })
})

describe('what this device has stored', () => {
  test('[R1] is told after it is stored, once for a burst, and not for what one wrote oneself', async () => {
    const { bob, conversation } = await withMessage()
    expect(asked('delivered')).toEqual([])
    for (const body of ['1', '2', '3']) bench.server.send(bob, conversation, body)
    await bench.time.advance(REPORT_AFTER_MS - 1)
    expect(asked('delivered')).toEqual([])
    await bench.time.advance(1 + REPORT_EVERY_MS)
    expect(asked('delivered').map(({ upTo }) => upTo)).toEqual([{ [conversation]: 5 }])
  })

  test('[R3] is told once a second at most, the last one too', async () => {
    const { bob, conversation } = await withMessage()
    for (let n = 0; n < 30; n += 1) {
      bench.server.send(bob, conversation, `${n}`)
      await bench.time.advance(100)
    }
    await pass()
    const told = asked('delivered').map(({ upTo }) => upTo[conversation] ?? 0)
    expect(told.length).toBeGreaterThanOrEqual(3)
    expect(told.length).toBeLessThanOrEqual(5)
    expect(told.at(-1)).toBe(32)
    expect([...told].sort((a, b) => a - b)).toEqual(told)
  })

  test('[R3] needs no word when it is read at once', async () => {
    const { bob, conversation } = await withMessage()
    bench.server.send(bob, conversation, 'read me')
    await bench.time.advance(50)
    await bench.act(bench.engine.handlers.markRead({ conversation, seq: 3 }))
    await pass()
    expect(asked('delivered')).toEqual([])
  })

  test('[R4] is told after the next greeting, when it was not before; and not again', async () => {
    const { me, bob, conversation } = await withMessage()
    bench.line.fate = ({ op }) => (op === 'delivered' ? 'lose' : 'pass')
    bench.server.send(bob, conversation, 'stored, and never told')
    await bench.time.advance(500)
    bench.line.down()
    bench.line.fate = () => 'pass'
    await bench.killAndRestart()
    expect(asked('delivered')).toEqual([])
    await bench.online()
    await pass()
    expect(bench.server.receipts.of(conversation, me)).toMatchObject({ delivered: 3 })
    bench.server.requests.length = 0
    await bench.offline()
    await bench.online()
    await pass()
    expect(asked('delivered')).toEqual([])
  })

  test('[R4] is told again when the server could not take it', async () => {
    const { bob, conversation } = await withMessage()
    let failures = 0
    bench.line.fate = ({ op }) =>
      op === 'delivered' && failures++ === 0 ? refused('unavailable') : 'pass'
    bench.server.send(bob, conversation, 'one')
    await pass()
    expect(asked('delivered')).toEqual([])
    await bench.time.advance(REPORT_AGAIN_MS)
    expect(asked('delivered').map(({ upTo }) => upTo)).toEqual([{ [conversation]: 3 }])
  })

  test('a server of an older version is asked once a connection, and all else goes on', async () => {
    bench.line.fate = ({ op }) =>
      op === 'delivered' || op === 'receipts' ? refused('invalid') : 'pass'
    let refusals = 0
    const { fate } = bench.line
    bench.line.fate = (request) => {
      const answer = fate(request)
      if (answer !== 'pass') refusals += 1
      return answer
    }
    const { bob, conversation, key } = await withMessage()
    for (let n = 0; n < 5; n += 1) {
      bench.server.send(bob, conversation, `${n}`)
      await bench.time.advance(REPORT_AGAIN_MS)
    }
    await bench.time.advance(2 * REFRESH_MS)
    expect(refusals).toBe(2)
    expect(await stateOf(conversation, key)).toBe('sent')
    expect(await bench.bodies(conversation)).toHaveLength(6)
  })

  test('[V6] is not told of a conversation that the user is no longer in', async () => {
    const { me, bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'before')
    await bench.time.advance(50)
    bench.server.leave(conversation, me, bob)
    await pass()
    expect(asked('delivered')).toEqual([])
  })
})
