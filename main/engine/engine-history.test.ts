import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let me: Id

beforeEach(async () => {
  bench = new TestBench()
  await bench.engine.start()
  me = bench.server.addUser('me').id
})
afterEach(() => bench.dispose())

/** A conversation with this many own messages, of which this device is only sent the newest. */
async function long(messages: number): Promise<Id> {
  const { id } = bench.server.createConversation(me, 'Old', [])
  for (let i = 0; i < messages; i += 1) bench.server.send(me, id, `m${i}`)
  await bench.signIn('me')
  return id
}

describe('history', () => {
  test('what is older than what was streamed is fetched, page by page, to the beginning', async () => {
    const id = await long(400)
    const newest = await bench.messages(id)
    expect(newest.at(0)?.body).toBe('m350')
    const { handlers } = bench.engine
    const seen: (string | null)[] = newest.map((m) => m.body)
    let before = newest[0]?.seq ?? 0
    for (let round = 0; round < 10; round += 1) {
      const page = await bench.act(handlers.getMessages({ conversation: id, before, limit: 60 }))
      if (!page.ok) throw new Error('no page')
      seen.unshift(...page.value.messages.map((m) => m.body))
      before = page.value.messages[0]?.seq ?? before
      if (!page.value.hasOlder) break
    }
    expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => `m${i}`))
    expect(bench.server.requests.filter((r) => r.op === 'history').length).toBeLessThan(6)
    expect((await bench.conversation(id))?.unread).toBe(0)
  })

  test('offline it says that there is more, and fails only with nothing to show', async () => {
    const id = await long(200)
    bench.line.down()
    await bench.time.settle()
    const { handlers } = bench.engine
    const page = await bench.act(handlers.getMessages({ conversation: id, limit: 200 }))
    expect(page).toMatchObject({ ok: true, value: { hasOlder: true } })
    const oldest = page.ok ? (page.value.messages[0]?.seq ?? 0) : 0
    expect(
      await bench.act(handlers.getMessages({ conversation: id, before: oldest, limit: 50 })),
    ).toEqual({ ok: false, failure: { code: 'network' } })
  })

  test('a change that overtakes its page is not lost', async () => {
    const id = await long(200)
    const [first] = bench.server.messages.values()
    if (first === undefined) throw new Error('no message')
    bench.line.fate = (request) => {
      if (request.op !== 'history') return 'pass'
      // The page is read, and while it is on its way the message is edited.
      const answer = bench.server.take(me, request)
      bench.line.fate = () => 'pass'
      bench.server.edit(me, first.id, 'as it is')
      return answer
    }
    const { handlers } = bench.engine
    const page = await bench.act(
      handlers.getMessages({ conversation: id, before: 103, limit: 200 }),
    )
    expect(page.ok && page.value.messages.map((m) => m.body)).toContain('as it is')
  })

  test('a row that cannot be read is fetched again', async () => {
    const conversation = await long(2)
    const [{ id } = { id: '' }] = bench.server.messages.values()
    bench.damage(`UPDATE messages SET reactions = 'no json' WHERE id = '${id}'`)
    expect(await bench.bodies(conversation)).toEqual(['m1'])
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['m0', 'm1'])
  })

  test('a lone row far below what is stored hides nothing in between', async () => {
    const id = await long(400)
    const oldest = [...bench.server.messages.values()].at(9)
    if (oldest === undefined) throw new Error('no message')
    bench.abandon()
    bench.withStore((store) => store.putMessage(oldest))
    await bench.restart()
    const newest = await bench.messages(id, 100)
    const before = newest[0]?.seq ?? 0
    const page = await bench.act(
      bench.engine.handlers.getMessages({ conversation: id, before, limit: 60 }),
    )
    expect(page.ok && page.value.messages.map((m) => m.seq)).toEqual(
      Array.from({ length: 60 }, (_, i) => before - 60 + i),
    )
  })

  test('a server that answers with short pages is asked until the page is full', async () => {
    const id = await long(400)
    bench.line.fate = (request) =>
      request.op === 'history' ? bench.server.take(me, { ...request, limit: 7 }) : 'pass'
    const newest = await bench.messages(id, 100)
    const before = newest[0]?.seq ?? 0
    const page = await bench.act(
      (async () => {
        const answer = bench.engine.handlers.getMessages({ conversation: id, before, limit: 60 })
        for (let turn = 0; turn < 20; turn += 1) await bench.time.settle()
        return answer
      })(),
    )
    expect(page.ok && page.value.messages).toHaveLength(60)
  })

  test('a server that answers with what was not asked for ends the search, and is logged', async () => {
    const id = await long(200)
    const strange = [...bench.server.messages.values()].slice(-3)
    bench.line.fate = (request) =>
      request.op === 'history' ? { ok: true, reply: { messages: strange } } : 'pass'
    const newest = await bench.messages(id, 100)
    const before = newest[0]?.seq ?? 0
    const page = await bench.act(
      bench.engine.handlers.getMessages({ conversation: id, before, limit: 60 }),
    )
    expect(page).toMatchObject({ ok: true, value: { hasOlder: false } })
    expect(bench.logged.some(({ message }) => message.includes('not asked for'))).toBe(true)
  })
})
