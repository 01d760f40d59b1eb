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

/** A conversation with own messages, of which a new device is only sent the newest. */
function long(title: string, messages: number): Id {
  const { id } = bench.server.createConversation(me, title, [])
  for (let i = 0; i < messages; i += 1) bench.server.send(me, id, `${title} number${i}x`)
  return id
}

async function search(query: string) {
  const answer = await bench.act(bench.engine.handlers.searchMessages({ query, limit: 50 }))
  if (!answer.ok) throw new Error('no answer')
  return answer.value
}

async function scope(query: string) {
  const answer = await bench.act(bench.engine.handlers.searchScope({ query }))
  if (!answer.ok) throw new Error('no scope')
  return answer.value
}

/** Everything that is older, as the screen asks for it. */
async function fetchAll(query: string): Promise<number> {
  for (let calls = 1; calls < 50; calls += 1) {
    const call = bench.engine.handlers.searchOlder({ query })
    for (let turn = 0; turn < 30; turn += 1) await bench.time.settle()
    const answer = await call
    if (!answer.ok) throw new Error(answer.failure.code)
    if (!answer.value.hasOlder) return calls
  }
  throw new Error('no end')
}

describe('[F9] a new device', () => {
  test('says that it has not looked at everything, and finds the first of 300 once it was asked to', async () => {
    const id = long('Old', 300)
    await bench.signIn('me')
    const before = await search('number0x')
    expect(before).toMatchObject({ messages: [], isComplete: false })
    const known = await scope('number0x')
    const shown = await bench.messages(id, 200)
    expect(known).toEqual({
      isComplete: false,
      hasOlder: true,
      backTo: shown[0]?.createdAt ?? null,
    })
    await fetchAll('number0x')
    expect(await search('number0x')).toMatchObject({ messages: { length: 1 }, isComplete: true })
    expect(await scope('number0x')).toEqual({ isComplete: true, hasOlder: false, backTo: null })
    expect((await bench.conversation(id))?.unread).toBe(0)
  })

  test('goes back over all conversations, the instant only backwards, and asks for nothing twice', async () => {
    for (const title of ['A', 'B', 'C']) long(title, 900)
    await bench.signIn('me')
    let backTo = (await scope('x')).backTo ?? 0
    for (let call = 0; call < 3; call += 1) {
      const answer = bench.engine.handlers.searchOlder({ query: 'x' })
      for (let turn = 0; turn < 30; turn += 1) await bench.time.settle()
      const found = await answer
      if (!found.ok || found.value.backTo === null) break
      expect(found.value.backTo).toBeLessThanOrEqual(backTo)
      backTo = found.value.backTo
    }
    await fetchAll('x')
    const asked = bench.server.requests.filter(({ op }) => op === 'history')
    expect(new Set(asked.map((request) => JSON.stringify(request))).size).toBe(asked.length)
    for (const title of ['A', 'B', 'C']) {
      expect((await search(`"${title} number0x"`)).messages).toHaveLength(1)
    }
  })

  test('with in: asks for that conversation alone', async () => {
    const wanted = long('Wanted', 300)
    long('Other', 300)
    await bench.signIn('me')
    await fetchAll('in:wanted number0x')
    expect(await search('in:wanted number0x')).toMatchObject({
      messages: { length: 1 },
      isComplete: true,
    })
    expect((await search('number0x')).isComplete).toBe(false)
    const asked = bench.server.requests.flatMap((r) => (r.op === 'history' ? [r.conversation] : []))
    expect(new Set(asked)).toEqual(new Set([wanted]))
  })

  test('offline it says so, and keeps what it knows', async () => {
    long('Old', 300)
    await bench.signIn('me')
    await bench.offline()
    expect(await bench.act(bench.engine.handlers.searchOlder({ query: 'x' }))).toEqual({
      ok: false,
      failure: { code: 'network' },
    })
    expect(await scope('x')).toMatchObject({ isComplete: false, hasOlder: true })
  })

  test('a conversation that the server no longer shows holds up nothing', async () => {
    const closed = long('Closed', 300)
    long('Open', 300)
    await bench.signIn('me')
    bench.line.fate = (request) =>
      request.op === 'history' && request.conversation === closed
        ? bench.server.take('nobody', request)
        : 'pass'
    await fetchAll('x')
    expect((await search('"open number0x"')).messages).toHaveLength(1)
  })
})
