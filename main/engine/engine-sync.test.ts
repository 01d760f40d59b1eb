import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { refused } from './test-support/fake-answer.ts'
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

const gets = () => bench.server.requests.filter((r) => r.op === 'conversation.get')
const say = (body: string) => bench.server.send(bob, conversation, body)

describe('events', () => {
  test('[S1] are stored with their cursor: a kill repeats and loses nothing', async () => {
    for (let i = 1; i <= 5; i += 1) say(`m${i}`)
    await bench.time.advance(100)
    bench.abandon()
    for (let i = 6; i <= 9; i += 1) say(`m${i}`)
    await bench.restart()
    expect(await bench.bodies(conversation)).toEqual(
      Array.from({ length: 9 }, (_, i) => `m${i + 1}`),
    )
    bench.withStore((store) => {
      expect(store.loadCursors().get(conversation)?.applied).toBe(10)
    })
  })

  test('[S2, S3] out of order, twice and with a gap: applied once each, in order', async () => {
    bench.line.isMute = true
    for (const body of ['a', 'b', 'c', 'd']) say(body)
    await bench.time.advance(10)
    bench.line.isMute = false
    const [, a, b, c, d] = bench.server.streams.get(conversation) ?? []
    const push = (...events: (typeof a)[]) =>
      bench.line.socket?.push({
        push: 'events',
        stream: conversation,
        events: events.flatMap((event) => event ?? []),
      })
    push(b, a)
    push(d)
    push(b)
    await bench.time.advance(5_000)
    expect(await bench.bodies(conversation)).toEqual(['a', 'b', 'c', 'd'])
    push(c, d)
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('[S4] an absence: edits, deletions, reactions, members and titles are caught up', async () => {
    const first = say('first')
    const second = say('second')
    await bench.time.advance(100)
    await bench.offline()
    bench.server.edit(bob, first.id, 'first, edited')
    bench.server.remove(bob, second.id)
    bench.server.take(bob, {
      op: 'react',
      key: randomUUID(),
      message: first.id,
      emoji: '🎉',
      on: true,
    })
    const carol = bench.server.addUser('carol')
    bench.server.createConversation(carol.id, 'New here', [me])
    for (let i = 0; i < 700; i += 1) say(`missed ${i}`)
    await bench.online()
    await bench.time.advance(5_000)
    const page = await bench.messages(conversation, 200)
    expect(page.at(-1)?.body).toBe('missed 699')
    const all = await bench.act(
      bench.engine.handlers.getMessages({ conversation, before: 5, limit: 10 }),
    )
    expect(all).toMatchObject({
      value: {
        messages: [
          { body: 'first, edited', reactions: [{ emoji: '🎉', users: [{ name: 'bob' }] }] },
          { body: null },
        ],
        hasOlder: false,
      },
    })
    const names = await bench.engine.handlers.listConversations(undefined)
    expect(names.map((view) => view.name).sort()).toEqual(['Harbour', 'New here'])
  })

  test('[V10] a tail that was lost is noticed by the heads', async () => {
    bench.line.isMute = true
    say('lost on the way')
    await bench.time.advance(10)
    bench.line.isMute = false
    const heads = { [conversation]: bench.server.head(conversation) }
    bench.line.socket?.push({ push: 'heads', heads })
    await bench.time.advance(2_000)
    expect(await bench.bodies(conversation)).toEqual(['lost on the way'])
  })

  test('[O9] that do not belong to their stream are left out, kept and told', async () => {
    const message = { ...say('right'), id: 'mX', conversation: 'elsewhere' }
    const event = {
      type: 'message.created' as const,
      seq: bench.server.head(conversation) + 1,
      at: message.createdAt,
      by: bob,
      message,
    }
    bench.line.socket?.push({ push: 'events', stream: conversation, events: [event] })
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['right'])
    expect(await bench.conversation(conversation)).toMatchObject({ unreadable: 1 })
  })

  test('[S6] many at once are taken in slices, and the socket waits for us', async () => {
    const stamp = new Date(bench.time.now()).toISOString()
    const events = Array.from({ length: 5_000 }, (_, i) => ({
      type: 'message.created' as const,
      seq: i + 2,
      at: stamp,
      by: bob,
      message: {
        id: `many${i}`,
        conversation,
        seq: i + 2,
        author: bob,
        body: `body ${i}`,
        version: 1,
        createdAt: stamp,
        reactions: {},
      },
    }))
    bench.line.socket?.push({ push: 'events', stream: conversation, events })
    await Promise.resolve()
    await Promise.resolve()
    expect(bench.line.paused).toBe(1)
    await bench.time.advance(1_000)
    expect(bench.line.paused).toBe(0)
    expect((await bench.messages(conversation)).at(-1)?.body).toBe('body 4999')
  })
})

describe('a server that was restored', () => {
  test('[S4] own messages it lost come back as failed, the user is told once, the rest is resynced', async () => {
    const kept = await bench.send(conversation, 'kept')
    const lost = await bench.send(conversation, 'lost')
    say('lost too')
    await bench.time.advance(100)
    await bench.messages(conversation)
    await bench.offline()
    const draft = await bench.send(conversation, 'not sent yet')
    bench.server.truncate(conversation, 2)
    bench.told()
    await bench.online()
    await bench.time.advance(1_000)
    const shown = await bench.messages(conversation)
    expect(shown.map(({ key, body, state }) => ({ key, body, state }))).toEqual([
      { key: kept, body: 'kept', state: 'sent' },
      { key: draft, body: 'not sent yet', state: 'sent' },
      { key: lost, body: 'lost', state: 'failed' },
    ])
    expect((await bench.state()).notice).toEqual({
      kind: 'server_restored',
      conversations: ['Harbour'],
    })
    await bench.act(bench.engine.handlers.retryOperation({ key: lost }))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual(['kept', 'not sent yet', 'lost'])
    expect(await bench.bodies(conversation)).toEqual(['kept', 'not sent yet', 'lost'])
  })

  test('what is gone there leaves the screen', async () => {
    const gone = say('gone')
    await bench.time.advance(100)
    await bench.messages(conversation)
    await bench.offline()
    bench.server.truncate(conversation, 1)
    bench.told()
    await bench.online()
    const removed = bench.told().flatMap((e) => (e.type === 'messages' ? e.removed : []))
    expect(removed).toContain(gone.id)
    expect(await bench.bodies(conversation)).toEqual([])
  })

  test('[S4] restored, and grown past what we had: own messages it lost come back as failed all the same', async () => {
    await bench.send(conversation, 'kept')
    await bench.time.advance(100)
    const restoredTo = new Date(bench.time.now()).toISOString()
    const lost = await bench.send(conversation, 'lost')
    await bench.time.advance(100)
    await bench.offline()
    bench.server.truncate(conversation, 2)
    Object.assign(bench.server, { instance: 'second', restoredTo })
    for (const body of ['new 1', 'new 2', 'new 3']) say(body)
    await bench.online()
    await bench.time.advance(1_000)
    const shown = await bench.messages(conversation)
    expect(shown.map(({ body }) => body)).toEqual(['kept', 'new 1', 'new 2', 'new 3', 'lost'])
    expect(shown.at(-1)).toMatchObject({ key: lost, state: 'failed' })
  })

  test('another database: the name of it is stored last', async () => {
    say('before')
    await bench.time.advance(100)
    await bench.offline()
    bench.server.instance = 'second'
    await bench.online()
    await bench.time.advance(1_000)
    expect(await bench.bodies(conversation)).toEqual(['before'])
    bench.abandon()
    bench.withStore((store) => expect(store.setting('instance')).toBe('second'))
    await bench.restart()
  })
})

describe('conversations', () => {
  test('one that somebody else makes appears with its names', async () => {
    const carol = bench.server.addUser('carol')
    const { id } = bench.server.createConversation(carol.id, null, [me])
    await bench.time.advance(100)
    expect(await bench.conversation(id)).toMatchObject({
      kind: 'direct',
      name: 'carol',
      member: true,
      members: [
        { name: 'carol', role: 'owner' },
        { name: 'me', role: 'member' },
      ],
    })
  })

  test('is made with the people named, and is the same when asked again', async () => {
    bench.server.addUser('dora')
    const argument = { key: randomUUID(), title: 'Plans', usernames: ['BOB', 'dora'] }
    const made = await bench.act(bench.engine.handlers.createConversation(argument))
    expect(made).toMatchObject({ ok: true })
    expect(await bench.act(bench.engine.handlers.createConversation(argument))).toEqual(made)
    const id = made.ok ? made.value.conversation : ''
    expect((await bench.conversation(id))?.members.map((m) => m.name)).toEqual([
      'me',
      'bob',
      'dora',
    ])
  })

  test('with an unknown person is refused by that name', async () => {
    const argument = { key: randomUUID(), usernames: ['nobody'] }
    expect(await bench.act(bench.engine.handlers.createConversation(argument))).toEqual({
      ok: false,
      failure: { code: 'user_not_found', message: 'nobody' },
    })
  })

  test('without the server is refused', async () => {
    await bench.offline()
    const argument = { key: randomUUID(), usernames: ['bob'] }
    expect(await bench.act(bench.engine.handlers.createConversation(argument))).toEqual({
      ok: false,
      failure: { code: 'network' },
    })
  })

  test('that the user was removed from stays, read only', async () => {
    say('before')
    bench.server.leave(conversation, me, bob)
    await bench.time.advance(100)
    expect(await bench.conversation(conversation)).toMatchObject({ member: false })
    expect(await bench.bodies(conversation)).toEqual(['before'])
  })

  test('removed while away: known from the greeting', async () => {
    await bench.offline()
    bench.server.leave(conversation, me, bob)
    await bench.online()
    expect(await bench.conversation(conversation)).toMatchObject({ member: false })
  })

  test('an answer that is older than an event does not undo it', async () => {
    const dora = bench.server.addUser('dora')
    const erin = bench.server.addUser('erin')
    bench.line.fate = (request) => {
      if (request.op !== 'conversation.get') return 'pass'
      bench.line.fate = () => 'pass'
      // Read for us, and while the answer is on its way somebody else is added.
      const answer = bench.server.take(me, request)
      bench.server.addMember(conversation, erin.id)
      return answer
    }
    const asked = gets().length
    bench.server.addMember(conversation, dora.id)
    await bench.time.advance(100)
    const names = (await bench.conversation(conversation))?.members.map((m) => m.name)
    expect(names).toEqual(['me', 'bob', 'dora', 'erin'])
    expect(gets()).toHaveLength(asked + 2)
  })

  test('asked for in vain is asked for again after a while, not in a storm', async () => {
    let tries = 0
    bench.line.fate = (request) => {
      if (request.op !== 'conversation.get') return 'pass'
      tries += 1
      return refused('unavailable')
    }
    const asked = gets().length
    const dora = bench.server.addUser('dora')
    bench.server.addMember(conversation, dora.id)
    await bench.time.advance(4_000)
    expect((await bench.conversation(conversation))?.members.at(-1)?.name).toBe('Unknown')
    bench.line.fate = () => 'pass'
    await bench.time.advance(2_000)
    expect((await bench.conversation(conversation))?.members.at(-1)?.name).toBe('dora')
    expect(tries).toBe(1)
    expect(gets()).toHaveLength(asked + 1)
  })
})

describe('reading', () => {
  test('unread are those of others above the marker; reading tells the server once', async () => {
    say('one')
    say('two')
    await bench.send(conversation, 'mine')
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.unread).toBe(2)
    expect(bench.engine.unreadTotal()).toBe(2)
    await bench.act(bench.engine.handlers.markRead({ conversation, seq: 2 }))
    await bench.act(bench.engine.handlers.markRead({ conversation, seq: 2 }))
    await bench.act(bench.engine.handlers.markRead({ conversation, seq: 1 }))
    expect(await bench.conversation(conversation)).toMatchObject({ unread: 1, readUpTo: 2 })
    expect(bench.server.requests.filter((r) => r.op === 'read')).toHaveLength(1)
  })

  test('offline it shows at once, survives a kill, and is no item of the outbox', async () => {
    say('one')
    await bench.time.advance(100)
    await bench.offline()
    await bench.act(bench.engine.handlers.markRead({ conversation, seq: 999 }))
    await bench.killAndRestart()
    expect(await bench.conversation(conversation)).toMatchObject({ unread: 0, readUpTo: 2 })
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
    expect(await bench.engine.handlers.listOutbox({ limit: 10 })).toEqual({ items: [], total: 0 })
    await bench.online()
    expect(bench.server.requests.filter((r) => r.op === 'read')).toMatchObject([{ seq: 2 }])
  })

  test('on another device of the same user counts here', async () => {
    say('one')
    await bench.time.advance(100)
    bench.server.take(me, { op: 'read', conversation, seq: 2 })
    await bench.time.advance(100)
    expect(await bench.conversation(conversation)).toMatchObject({ unread: 0, readUpTo: 2 })
  })

  test('a deleted message is not unread', async () => {
    const { id } = say('one')
    await bench.time.advance(100)
    bench.server.remove(bob, id)
    await bench.time.advance(100)
    expect(await bench.conversation(conversation)).toMatchObject({ unread: 0, lastMessage: null })
  })
})

describe('typing and presence', () => {
  test('typing is told at once, and sent once in 3 s', async () => {
    bench.told()
    bench.line.socket?.push({ push: 'typing', conversation, user: bob })
    bench.line.socket?.push({ push: 'typing', conversation, user: me })
    await bench.time.settle()
    expect(bench.told().filter((e) => e.type === 'typing')).toEqual([
      { type: 'typing', conversation, user: { id: bob, name: 'bob' } },
    ])
    const typed = async () => {
      await bench.act(bench.engine.handlers.reportTyping({ conversation }))
      return bench.server.requests.filter((r) => r.op === 'typing').length
    }
    expect(await typed()).toBe(1)
    expect(await typed()).toBe(1)
    await bench.time.advance(3_000)
    expect(await typed()).toBe(2)
    await bench.offline()
    await bench.time.advance(500)
    expect(await typed()).toBe(2)
  })

  test('who is online is shown while we are', async () => {
    const isOnline = async () =>
      (await bench.conversation(conversation))?.members.find((m) => m.id === bob)?.online
    bench.line.socket?.push({ push: 'presence', user: bob, online: true })
    await bench.time.settle()
    expect(await isOnline()).toBe(true)
    await bench.offline()
    expect(await isOnline()).toBe(false)
  })
})
