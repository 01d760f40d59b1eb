import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SearchAnswer } from '../../protocol/ipc/search.ts'
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

async function search(query: string, limit = 50): Promise<SearchAnswer> {
  const answer = await bench.act(bench.engine.handlers.searchMessages({ query, limit }))
  if (!answer.ok) throw new Error('no answer')
  return answer.value
}
const texts = async (query: string): Promise<string[]> =>
  (await search(query)).messages.map(({ snippet }) => snippet.map(({ text }) => text).join(''))
const receive = async (body: string, where = conversation, who = bob) => {
  const message = bench.server.send(who, where, body)
  await bench.time.advance(100)
  return message
}

describe('[F11] filters', () => {
  test('from: and is:mine choose whose messages, with words or without', async () => {
    await receive('harbour at night')
    await bench.send(conversation, 'harbour by day')
    await receive('nothing else')
    expect(await texts('from:bob')).toEqual(['nothing else', 'harbour at night'])
    expect(await texts('harb from:@BOB')).toEqual(['harbour at night'])
    expect(await texts('from:me')).toEqual(['harbour by day'])
    expect(await texts('is:mine harbour')).toEqual(['harbour by day'])
    expect(await texts('from:bob from:me harbour')).toHaveLength(2)
  })

  test('in: chooses where, by any word of the name or by the other one of two', async () => {
    const dora = bench.server.addUser('dora')
    const project = bench.server.createConversation(me, 'Projekt Übersee', [bob]).id
    const direct = bench.server.createConversation(me, null, [dora.id]).id
    await bench.time.advance(100)
    await receive('ship here')
    await receive('ship there', project)
    await receive('ship with dora', direct, dora.id)
    expect(await texts('ship in:ubersee')).toEqual(['ship there'])
    expect(await texts('ship in:"Projekt Übersee"')).toEqual(['ship there'])
    expect(await texts('in:dora')).toEqual(['ship with dora'])
    expect(await texts('ship in:harbour in:dora')).toEqual(['ship with dora', 'ship here'])
  })

  test('before: and after: choose when', async () => {
    await receive('old')
    const day = (offset: number) => {
      const date = new Date(bench.time.now() + offset * 86_400_000)
      const two = (value: number) => String(value).padStart(2, '0')
      return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
    }
    expect(await texts(`before:${day(1)}`)).toEqual(['old'])
    expect(await texts(`old before:${day(0)}`)).toEqual([])
    expect(await texts(`after:${day(-1)}`)).toEqual(['old'])
    expect(await texts(`after:${day(0)}`)).toEqual([])
    expect(await texts('after:yesterday')).toEqual(['old'])
    expect(await texts('before:2001')).toEqual([])
  })

  test('has:link finds what leads somewhere', async () => {
    await receive('see https://example.org/a?b=c')
    await receive('https is a protocol')
    expect(await texts('has:link')).toEqual(['see https://example.org/a?b=c'])
    expect(await texts('from:me has:link')).toEqual([])
  })

  test('a wrong one is told, and finds nothing', async () => {
    await receive('harbour')
    const told = async (query: string) => {
      const { problems, messages } = await search(query)
      expect(messages).toEqual([])
      return problems
    }
    expect(await told('harbour from:nobody')).toEqual([
      { filter: 'from', value: 'nobody', reason: 'nobody' },
    ])
    expect(await told('harbour in:')).toEqual([{ filter: 'in', value: '', reason: 'empty' }])
    expect(await told('in:nowhere x')).toEqual([
      { filter: 'in', value: 'nowhere', reason: 'nowhere' },
    ])
    expect(await told('before:2024-02-30 after:soon')).toEqual([
      { filter: 'before', value: '2024-02-30', reason: 'no_date' },
      { filter: 'after', value: 'soon', reason: 'no_date' },
    ])
    expect(await told('has:teeth')).toEqual([{ filter: 'has', value: 'teeth', reason: 'unknown' }])
  })
})

describe('what is on screen is what is found', () => {
  test('an edit that waits is found by its new text, and no more by the old one', async () => {
    const key = await bench.send(conversation, 'before it')
    await bench.time.advance(100)
    bench.line.down()
    const edit = { key: randomUUID(), message: key, body: 'after it' }
    await bench.act(bench.engine.handlers.editMessage(edit))
    expect(await texts('before')).toEqual([])
    expect(await texts('after')).toEqual(['after it'])
    expect(await texts('it')).toEqual(['after it'])
    expect(await texts('from:me')).toEqual(['after it'])
  })

  test('what is being deleted is not found', async () => {
    const key = await bench.send(conversation, 'regrettable')
    await bench.time.advance(100)
    bench.line.down()
    const remove = { key: randomUUID(), message: key }
    await bench.act(bench.engine.handlers.deleteMessage(remove))
    expect(await texts('regret')).toEqual([])
  })

  test('filters hold for what waits, too', async () => {
    bench.line.down()
    await bench.send(conversation, 'waiting C++')
    expect(await texts('c++ from:me')).toEqual(['waiting C++'])
    expect(await texts('c++ from:bob')).toEqual([])
    expect(await texts('c++ in:harbour')).toEqual(['waiting C++'])
    expect(await texts('c++ before:2001')).toEqual([])
  })
})

test('[S9] more than are shown are told as such', async () => {
  for (let i = 0; i < 7; i += 1) await receive(`ship ${i}`)
  expect(await search('ship', 5)).toMatchObject({ hasMore: true, messages: { length: 5 } })
  expect(await search('ship', 7)).toMatchObject({ hasMore: false, messages: { length: 7 } })
})

describe('[F24] names', () => {
  test('conversations and people are found by any word, without accents', async () => {
    const { id: laszlo } = bench.server.addUser('lk')
    const known = bench.server.users.get(laszlo)
    if (known === undefined) throw new Error('nobody')
    bench.server.users.set(laszlo, { ...known, displayName: 'László Kovács' })
    const group = bench.server.createConversation(me, '山田太郎 と Übersee', [laszlo]).id
    await bench.time.advance(100)
    expect((await search('太郎')).conversations).toEqual([
      { id: group, name: '山田太郎 と Übersee' },
    ])
    expect((await search('ubersee')).conversations).toHaveLength(1)
    expect((await search('kovacs')).people).toEqual([
      { id: laszlo, name: 'László Kovács', username: 'lk' },
    ])
    const direct = bench.server.createConversation(me, null, [laszlo]).id
    await bench.time.advance(100)
    expect(await search('kovacs')).toMatchObject({
      conversations: [{ id: direct, name: 'László Kovács' }],
      people: [],
    })
    expect((await search('kovacs from:me')).conversations).toEqual([])
    expect((await search('%')).conversations).toEqual([])
  })
})
