import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { openStore } from '../store/open-store.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

afterEach(() => bench.dispose())

/** A bench whose store fails on some messages, in reading or in writing them. */
function withFailing(method: 'messageById' | 'putMessage', isPoison: (what: string) => boolean) {
  bench = new TestBench({
    open: (file, now) => {
      const opened = openStore(file, now)
      if (opened.ok) poison(opened.store)
      return opened
    },
  })
  function poison(store: ProfileStore): void {
    const { messageById, putMessage } = store
    if (method === 'messageById') {
      store.messageById = (id) => {
        if (isPoison(id)) throw new TypeError('users.includes is not a function')
        return messageById.call(store, id)
      }
    } else {
      store.putMessage = (message) => {
        putMessage.call(store, message)
        if (isPoison(message.body ?? '')) throw new RangeError('Invalid time value')
      }
    }
  }
}

const unreadable = async (conversation: Id) => (await bench.conversation(conversation))?.unreadable

describe('names that every object has', () => {
  test.each(['constructor', '__proto__', 'toString'])(
    '[O9] one reaction named %s is shown, and the app goes on, over a restart too',
    async (emoji) => {
      bench = new TestBench()
      const { me, bob, conversation } = await bench.signedIn()
      const { id } = bench.server.send(bob, conversation, 'ahoy')
      await bench.time.advance(100)
      bench.server.take(bob, { op: 'react', key: 'k1', message: id, emoji, on: true })
      await bench.time.advance(100)
      const shown = async () => (await bench.message(conversation, id))?.reactions
      expect(await shown()).toMatchObject([{ emoji, users: [{ id: bob }], mine: false }])

      await bench.killAndRestart()
      expect((await bench.state()).session).toMatchObject({ user: { id: me } })
      expect(await shown()).toMatchObject([{ emoji, users: [{ id: bob }] }])
      await bench.send(conversation, 'still here')
      await bench.time.advance(100)
      expect(bench.server.bodies(conversation)).toEqual(['ahoy', 'still here'])
    },
  )
})

describe('something that makes a turn fail', () => {
  test('[O9] an event is set aside, its stream goes on, and that is told, over restarts', async () => {
    withFailing('messageById', (id) => id === 'poison')
    const { bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'before')
    bench.server.send(bob, conversation, 'poison', { id: 'poison' })
    bench.server.send(bob, conversation, 'after')
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['before', 'after'])
    expect(await unreadable(conversation)).toBe(1)
    expect(bench.line.addresses).toHaveLength(1)

    await bench.killAndRestart()
    expect(await bench.bodies(conversation)).toEqual(['before', 'after'])
    expect(await unreadable(conversation)).toBe(1)
    expect(await bench.state()).toMatchObject({ session: { status: 'signed-in' } })
  })

  test('[O9] one that fails in writing undoes its turn, and nothing but itself is missing', async () => {
    withFailing('putMessage', (body) => body === 'poison')
    const { bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'before')
    bench.server.send(bob, conversation, 'poison')
    const key = randomUUID()
    const sent = bench.engine.handlers.sendMessage({ key, conversation, body: 'mine' })
    bench.server.send(bob, conversation, 'after')
    expect(await bench.act(sent)).toEqual({ ok: true, value: null })
    await bench.time.advance(100)
    expect((await bench.bodies(conversation)).sort()).toEqual(['after', 'before', 'mine'])
    expect(await unreadable(conversation)).toBe(1)
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in' },
      connection: { status: 'online' },
      storage: { status: 'ok' },
    })
    await bench.killAndRestart()
    expect((await bench.bodies(conversation)).sort()).toEqual(['after', 'before', 'mine'])
    expect(await unreadable(conversation)).toBe(1)
  })

  test('[O9] several of them: each is set aside once', async () => {
    withFailing('putMessage', (body) => body.startsWith('poison'))
    const { bob, conversation } = await bench.signedIn()
    for (let i = 0; i < 10; i += 1) {
      bench.server.send(bob, conversation, `poison ${i}`)
      bench.server.send(bob, conversation, `fine ${i}`)
    }
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toHaveLength(10)
    expect(await unreadable(conversation)).toBe(10)
  })
})

describe('what does not fit', () => {
  beforeEach(() => {
    bench = new TestBench()
  })

  test('[O9] an event is kept, its stream goes on, the line stays, and that is told', async () => {
    const { bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'before')
    bench.server.appendRaw(conversation, bob, { type: 'message.created', message: { id: 7 } })
    bench.server.appendRaw(conversation, bob, { type: 'reaction.added', message: 'm', seq: 'no' })
    bench.server.send(bob, conversation, 'after')
    await bench.time.advance(15_000)
    expect(await bench.bodies(conversation)).toEqual(['before', 'after'])
    expect(await unreadable(conversation)).toBe(2)
    expect(bench.line.addresses).toHaveLength(1)
    await bench.killAndRestart()
    expect(await unreadable(conversation)).toBe(2)
  })

  test('[O9] what is nested too deeply to be written again is told, and holds up nothing', async () => {
    const { bob, conversation } = await bench.signedIn()
    const deep = (before: string, after: string) => {
      const text = `${before}${'['.repeat(100_000)}${']'.repeat(100_000)}${after}`
      // Not as an object, which could not be written either.
      return bench.line.hear(text)
    }
    const head = bench.server.head(conversation)
    const event = `"at":"2026-01-01T00:00:00Z","by":"${bob}","type":"message.created"`
    const frame = `{"push":"events","stream":"${conversation}","events":[{"seq":${head + 1},${event}`
    deep(`${frame},"message":`, '}]}')
    deep('{"push":"typing","conversation":', '}')
    const fits = `"id":"m1","conversation":"${conversation}","seq":${head + 2},"author":"${bob}"`
    const rest = `"body":"shown","version":1,"createdAt":"2026-01-01T00:00:00Z","reactions":{}`
    deep(
      `${frame.replace(`:${head + 1},`, `:${head + 2},`)},"message":{${fits},${rest},"x":`,
      '}}]}',
    )
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['shown'])
    expect(await unreadable(conversation)).toBe(1)
    expect(await bench.state()).toMatchObject({ connection: { status: 'online' } })
    expect(bench.line.addresses).toHaveLength(1)
  })

  test('[O9] a message of a page of history is kept, and the rest of the page shown', async () => {
    await bench.engine.start()
    const [me, bob] = [bench.server.addUser('me'), bench.server.addUser('bob')]
    const { id } = bench.server.createConversation(me.id, 'Harbour', [bob.id])
    const sent = Array.from({ length: 250 }, (_, i) => bench.server.send(bob.id, id, `m ${i}`))
    const odd = sent[60]
    if (odd !== undefined) bench.server.messages.set(odd.id, { ...odd, author: 'no id!' })
    await bench.signIn('me')
    const [oldest] = await bench.messages(id, 200)
    const before = oldest?.seq ?? 0
    const page = await bench.act(
      bench.engine.handlers.getMessages({ conversation: id, before, limit: 100 }),
    )
    expect(page.ok && page.value.messages.length).toBeGreaterThan(90)
    expect(await unreadable(id)).toBe(1)
  })

  test('[O9] a push or a reply is passed over, and a notice says so', async () => {
    const { bob, conversation } = await bench.signedIn()
    bench.line.socket?.push({ push: 'typing', conversation: 7 })
    bench.line.socket?.push({ push: 'presence', user: bob, online: 'perhaps' })
    await bench.time.advance(100)
    expect(await bench.state()).toMatchObject({ notice: { kind: 'unreadable' } })
    bench.server.send(bob, conversation, 'after')
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['after'])
    expect(bench.line.addresses).toHaveLength(1)
  })

  test('[O9] a row of a message on disk is told while it cannot be read', async () => {
    const { bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'one')
    bench.server.send(bob, conversation, 'two')
    await bench.time.advance(100)
    bench.abandon()
    bench.damage("UPDATE messages SET author = 'no id!' WHERE body = 'one'")
    bench.line.down()
    await bench.restart()
    expect(await bench.bodies(conversation)).toEqual(['two'])
    await bench.time.advance(100)
    expect(await unreadable(conversation)).toBe(1)
    await bench.online()
    await bench.messages(conversation)
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['one', 'two'])
    expect(await unreadable(conversation)).toBe(0)
  })

  test('[O9] a row of a conversation on disk does not hide its messages', async () => {
    const { bob, conversation } = await bench.signedIn()
    bench.server.send(bob, conversation, 'one')
    await bench.time.advance(100)
    bench.abandon()
    bench.damage("UPDATE conversations SET members = 'broken'")
    bench.line.down()
    await bench.restart()
    expect(await bench.conversation(conversation)).toMatchObject({ name: 'Harbour' })
    expect(await bench.bodies(conversation)).toEqual(['one'])
    await bench.online()
    await bench.time.advance(100)
    expect((await bench.conversation(conversation))?.members).toHaveLength(2)
  })
})

describe('Welcome', () => {
  test('[O9] is not shown while there is an account, whatever fails', async () => {
    let fails = false
    bench = new TestBench({
      open: (file, now) => {
        const opened = openStore(file, now)
        if (fails && opened.ok) {
          opened.store.users = () => {
            throw new TypeError('a defect')
          }
        }
        return opened
      },
    })
    await bench.signedIn()
    fails = true
    await bench.killAndRestart()
    const trouble = {
      session: { status: 'starting' },
      storage: { status: 'failed', reason: 'unexpected' },
    }
    expect(await bench.state()).toMatchObject(trouble)
    await bench.time.advance(20_000)
    expect(await bench.state()).toMatchObject(trouble)
    fails = false
    await bench.time.advance(6_000)
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in' },
      storage: { status: 'ok' },
    })
  })

  test('[O9] an account that cannot be read is damage, not a new profile', async () => {
    bench = new TestBench()
    await bench.signedIn()
    bench.abandon()
    const db = new Database(bench.database)
    db.exec(`UPDATE settings SET value = '{"user":7}' WHERE name = 'account'`)
    db.close()
    await bench.restart()
    expect(await bench.state()).toMatchObject({ storage: { status: 'failed', reason: 'corrupt' } })
  })
})
