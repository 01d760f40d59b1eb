import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { FRAME_MS } from './emitter.ts'
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

describe('what the screen is told', () => {
  test('messages of others only where somebody looked', async () => {
    bench.told()
    bench.server.send(bob, conversation, 'unseen')
    await bench.time.advance(100)
    expect(bench.told().map((e) => e.type)).toEqual(['conversations'])
    await bench.messages(conversation)
    const { id } = bench.server.send(bob, conversation, 'seen')
    await bench.time.advance(100)
    expect(bench.told().find((e) => e.type === 'messages')).toMatchObject({
      conversation,
      upserted: [{ key: id, body: 'seen', author: { name: 'bob' }, own: false, state: 'sent' }],
      removed: [],
    })
  })

  test('a burst is told once a frame', async () => {
    await bench.messages(conversation)
    await bench.time.advance(100)
    bench.told()
    for (let i = 0; i < 10; i += 1) {
      bench.server.send(bob, conversation, `burst ${i}`)
      await bench.time.settle()
    }
    expect(bench.told().filter((e) => e.type === 'messages')).toHaveLength(1)
    await bench.time.advance(FRAME_MS)
    const rest = bench.told().filter((e) => e.type === 'messages')
    expect(rest).toHaveLength(1)
    expect(rest[0]?.type === 'messages' && rest[0].upserted).toHaveLength(9)
  })

  test('messages first: the window draws each event when it comes', async () => {
    await bench.messages(conversation)
    bench.told()
    await bench.send(conversation, 'mine')
    await bench.time.advance(100)
    expect(bench.told()[0]?.type).toBe('messages')
    bench.server.send(bob, conversation, 'from bob')
    await bench.time.advance(100)
    expect(bench.told().map(({ type }) => type)).toEqual(['messages', 'conversations'])
  })

  test('what was discarded is told as gone', async () => {
    bench.line.down()
    const key = await bench.send(conversation, 'never mind')
    await bench.time.advance(100)
    bench.told()
    await bench.act(bench.engine.handlers.discardOperation({ key }))
    await bench.time.advance(100)
    expect(bench.told()).toContainEqual({
      type: 'messages',
      conversation,
      upserted: [],
      removed: [key],
    })
  })

  test('counts of the outbox with the state, and that it changed', async () => {
    bench.line.down()
    await bench.time.advance(100)
    bench.told()
    await bench.send(conversation, 'x')
    await bench.time.advance(100)
    const told = bench.told()
    expect(told.map((e) => e.type)).toContain('outbox')
    const states = told.flatMap((e) => (e.type === 'state' ? [e.state.outbox.waiting] : []))
    expect(states.at(-1)).toBe(1)
    expect(bench.engine.waitingCount()).toBe(1)
  })

  test('the countdown is a duration, which a jump of the clock does not bend', async () => {
    bench.line.down()
    await bench.time.settle()
    bench.time.wallOffset += 86_400_000
    await bench.time.advance(400)
    expect((await bench.state()).connection).toEqual({
      status: 'offline',
      retryInMs: 600,
      reason: 'refused',
    })
  })

  test('nobody is told any more after unsubscribing', async () => {
    const heard: string[] = []
    const stop = bench.engine.subscribe((event) => heard.push(event.type))
    stop()
    await bench.send(conversation, 'x')
    await bench.time.advance(100)
    expect(heard).toEqual([])
  })
})

describe('conversations', () => {
  test('show their newest message, one that waits included', async () => {
    bench.server.send(bob, conversation, 'from bob')
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.lastMessage).toMatchObject({
      preview: 'from bob',
      own: false,
      authorName: 'bob',
    })
    bench.line.down()
    await bench.send(conversation, `  a long\n\ntext ${'x'.repeat(500)}`)
    const last = (await bench.conversation(conversation))?.lastMessage
    expect(last).toMatchObject({ own: true, authorName: 'me' })
    expect(last?.preview).toMatch(/^a long text x+…$/)
    expect(last?.preview.length).toBeLessThan(150)
  })

  test('[O9] one that failed does not stand for what came after it', async () => {
    await bench.send(conversation, 'x'.repeat(17_000))
    await bench.time.advance(100)
    bench.server.send(bob, conversation, 'from bob')
    await bench.time.advance(100)
    expect(await bench.conversation(conversation)).toMatchObject({
      lastMessage: { preview: 'from bob', own: false },
      pending: { failed: 1 },
    })
  })

  test('[V1] an own message may be edited by the clock of the server, not by a wrong one here', async () => {
    const key = await bench.send(conversation, 'just now')
    await bench.time.advance(100)
    bench.time.wallOffset += 3_600_000
    expect(await bench.message(conversation, key)).toMatchObject({ editable: true })
  })

  test('a new one stands where it became known', async () => {
    await bench.time.advance(5_000)
    const { id } = bench.server.createConversation(bob, 'Fresh', [me])
    await bench.time.advance(100)
    expect((await bench.conversation(id))?.activeAt).toBeGreaterThan(1_700_000_005_000)
    const activeAt = (await bench.conversation(id))?.activeAt
    await bench.killAndRestart()
    expect((await bench.conversation(id))?.activeAt).toBe(activeAt)
  })

  test("one with oneself alone has one's own name, a group without a title its people's", async () => {
    const alone = bench.server.createConversation(me, null, [])
    const carol = bench.server.addUser('carol')
    const three = bench.server.createConversation(me, null, [bob, carol.id])
    await bench.time.advance(100)
    expect((await bench.conversation(alone.id))?.name).toBe('me')
    expect((await bench.conversation(three.id))?.name).toBe('bob, carol')
  })

  test('the name of someone new appears on what is shown already', async () => {
    await bench.messages(conversation)
    const dora = bench.server.addUser('dora')
    const known = bench.server.conversations.get(conversation)
    if (known === undefined) throw new Error('no conversation')
    const members = [...known.members, { user: dora.id, role: 'member' as const }]
    bench.server.conversations.set(conversation, { ...known, members })
    const { id } = bench.server.send(dora.id, conversation, 'who is this?')
    await bench.time.advance(100)
    expect((await bench.message(conversation, id))?.author.name).toBe('Unknown')
    bench.told()
    bench.server.conversations.set(conversation, known)
    bench.server.addMember(conversation, dora.id)
    await bench.time.advance(100)
    const upserted = bench.told().flatMap((e) => (e.type === 'messages' ? e.upserted : []))
    expect(upserted.find((m) => m.key === id)?.author.name).toBe('dora')
  })
})

describe('drafts', () => {
  test('are kept over a kill, and gone with the message that was made of them', async () => {
    const { handlers } = bench.engine
    await bench.act(handlers.saveDraft({ conversation, body: 'half a sentence' }))
    await bench.killAndRestart()
    expect((await bench.conversation(conversation))?.draft).toBe('half a sentence')
    bench.line.down()
    await bench.send(conversation, 'half a sentence')
    await bench.killAndRestart()
    expect((await bench.conversation(conversation))?.draft).toBe('')
  })

  test('[O1] a reply and an edit that are being written are kept over a kill, with what they are about', async () => {
    const { handlers } = bench.engine
    const key = await bench.send(conversation, 'ping')
    const reply = { kind: 'reply', message: key } as const
    await bench.act(handlers.saveDraft({ conversation, body: 'yes', about: reply }))
    await bench.killAndRestart()
    expect(await bench.conversation(conversation)).toMatchObject({
      draft: 'yes',
      draftAbout: { kind: 'reply', key, preview: 'ping' },
    })
    const edit = { kind: 'edit', message: key, original: 'ping', text: 'pong' } as const
    await bench.act(bench.engine.handlers.saveDraft({ conversation, body: 'yes', about: edit }))
    await bench.killAndRestart()
    expect(await bench.conversation(conversation)).toMatchObject({
      draft: 'yes',
      draftAbout: { kind: 'edit', key, original: 'ping', text: 'pong' },
    })
    const change = { key: randomUUID(), message: key, body: 'pong', original: 'ping' }
    await bench.act(bench.engine.handlers.editMessage(change))
    await bench.killAndRestart()
    expect(await bench.conversation(conversation)).toMatchObject({ draft: 'yes', draftAbout: null })
  })

  test('[V1] an edit of a text that was changed elsewhere meanwhile is a conflict, not written over it', async () => {
    const message = bench.server.send(me, conversation, 'first')
    await bench.time.advance(100)
    bench.server.take(me, {
      op: 'edit',
      key: randomUUID(),
      message: message.id,
      body: 'theirs',
      baseVersion: 1,
    })
    await bench.time.advance(100)
    const change = { key: randomUUID(), message: message.id, body: 'mine', original: 'first' }
    await bench.act(bench.engine.handlers.editMessage(change))
    await bench.time.advance(100)
    expect((await bench.message(conversation, message.id))?.pending?.status).toEqual({
      state: 'conflict',
      mine: 'mine',
      theirs: 'theirs',
    })
  })

  test('another text than the one that was sent stays', async () => {
    await bench.act(bench.engine.handlers.saveDraft({ conversation, body: 'something else' }))
    await bench.send(conversation, 'sent from elsewhere')
    expect((await bench.conversation(conversation))?.draft).toBe('something else')
  })
})

describe('search', () => {
  const search = async (query: string) => {
    const answer = await bench.engine.handlers.searchMessages({ query, limit: 10 })
    return answer.ok ? answer.value.messages : []
  }

  test('finds what was sent, received and is waiting; with the text around it', async () => {
    bench.server.send(bob, conversation, 'The harbour is closed')
    const mine = await bench.send(conversation, 'Which harbour?')
    bench.line.down()
    const waiting = await bench.send(conversation, 'HARBOUR of Hamburg')
    const found = await search('harb')
    expect(found.map(({ seq, authorName }) => [seq, authorName])).toEqual([
      [null, 'me'],
      [3, 'me'],
      [2, 'bob'],
    ])
    expect(found[0]).toMatchObject({ message: waiting, conversation: { name: 'Harbour' } })
    expect(found[1]).toMatchObject({
      message: mine,
      snippet: [
        { text: 'Which ', match: false },
        { text: 'harbour', match: true },
        { text: '?', match: false },
      ],
    })
    expect(await search('nothing like it')).toEqual([])
  })

  test('a deleted message is not found', async () => {
    const { id } = bench.server.send(bob, conversation, 'regrettable')
    await bench.time.advance(100)
    expect(await search('regret')).toHaveLength(1)
    bench.server.remove(bob, id)
    await bench.time.advance(100)
    expect(await search('regret')).toEqual([])
  })
})

describe('members', () => {
  test('are added and removed by name, with refusals in words', async () => {
    bench.server.addUser('dora')
    const { handlers } = bench.engine
    const add = { key: randomUUID(), conversation, username: 'nobody' }
    expect(await bench.act(handlers.addMember(add))).toEqual({
      ok: false,
      failure: { code: 'user_not_found', message: 'nobody' },
    })
    expect(await bench.act(handlers.addMember({ ...add, username: 'Dora' }))).toEqual({
      ok: true,
      value: null,
    })
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.members.map((m) => m.name)).toContain('dora')
    const remove = { key: randomUUID(), conversation, user: bob }
    expect(await bench.act(handlers.removeMember(remove))).toMatchObject({ ok: true })
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.members.map((m) => m.id)).not.toContain(bob)
    expect(await bench.act(handlers.findUsers({ query: 'do' }))).toMatchObject({
      ok: true,
      value: [{ username: 'dora' }],
    })
  })
})
