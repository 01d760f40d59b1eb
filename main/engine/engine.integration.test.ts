import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { AppEvent, MessageView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { temporaryFolder } from '../store/test-support/temporary-folder.ts'
import { createEngine } from './engine.ts'
import type { Engine } from './engine-api.ts'
import { CuttableProxy } from './test-support/cuttable-proxy.ts'
import { realHost } from './test-support/real-engine.ts'
import { RealServer } from './test-support/real-server.ts'

const PASSWORD = 'correct horse'
let server: RealServer
const people: Person[] = []

beforeAll(async () => {
  server = new RealServer()
  await server.start()
})
afterEach(async () => {
  for (const person of people.splice(0)) await person.leave()
})
afterAll(() => server.dispose())

/** What the server has; the other's app may have it by now, too. */
const ARRIVED: ReadonlySet<MessageView['state']> = new Set(['sent', 'delivered', 'read'])

/** Someone with a profile of their own, over the real network. */
class Person {
  readonly name: string
  readonly #folder = temporaryFolder()
  readonly #waiting = new Set<() => void>()
  engine: Engine

  constructor(name: string) {
    this.name = name
    this.engine = this.#open()
    people.push(this)
  }

  static async join(name: string, serverUrl = server.url): Promise<Person> {
    const person = new Person(`${name}-${randomUUID().slice(0, 8)}`)
    await person.engine.start()
    const account = { serverUrl, username: person.name, password: PASSWORD }
    expect(await person.engine.handlers.createAccount(account)).toEqual({ ok: true, value: null })
    await person.online()
    return person
  }

  /** Resolves when `condition` holds; looked at whenever the screen is told something. */
  async until<T>(condition: () => Promise<T | null | false>): Promise<T> {
    for (;;) {
      const changed = new Promise<void>((resolve) => this.#waiting.add(resolve))
      const result = await condition()
      if (result !== null && result !== false) return result
      await changed
    }
  }

  async online(): Promise<void> {
    await this.until(async () => {
      const { connection } = await this.engine.handlers.getState(undefined)
      return connection.status === 'online'
    })
  }

  async offline(): Promise<void> {
    await this.until(async () => {
      const { connection } = await this.engine.handlers.getState(undefined)
      return connection.status === 'offline'
    })
  }

  async messages(conversation: Id): Promise<MessageView[]> {
    const page = await this.engine.handlers.getMessages({ conversation, limit: 200 })
    return page.ok ? page.value.messages : []
  }

  /** Waits until exactly these bodies are there and confirmed, in this order. */
  async sees(conversation: Id, bodies: readonly string[]): Promise<void> {
    await this.until(async () => {
      const messages = await this.messages(conversation)
      const isThere =
        messages.length >= bodies.length && messages.every((m) => ARRIVED.has(m.state))
      return isThere ? messages : null
    })
    expect((await this.messages(conversation)).map((m) => m.body)).toEqual(bodies)
  }

  async send(conversation: Id, body: string): Promise<string> {
    const key = randomUUID()
    const answer = await this.engine.handlers.sendMessage({ key, conversation, body })
    expect(answer).toEqual({ ok: true, value: null })
    return key
  }

  /** Ends the engine and starts another one on the same profile. */
  async restart(): Promise<void> {
    await this.engine.close()
    this.engine = this.#open()
    await this.engine.start()
  }

  async leave(): Promise<void> {
    await this.engine.close()
    this.#folder.remove()
  }

  #open(): Engine {
    const host = realHost(this.#folder.path, { random: Math.random })
    const start = () => Promise.resolve({ url: server.url, appSecret: 'not asked for' })
    const engine = createEngine({ ...host, bundledServer: { ...host.bundledServer, start } })
    engine.subscribe((event: AppEvent) => this.#heard(event))
    return engine
  }

  #heard(_event: AppEvent): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

async function conversationOf(alice: Person, bob: Person): Promise<Id> {
  const made = await alice.engine.handlers.createConversation({
    key: randomUUID(),
    title: 'Harbour',
    usernames: [bob.name],
  })
  if (!made.ok) throw new Error(made.failure.code)
  const { conversation } = made.value
  await bob.until(async () => {
    const views = await bob.engine.handlers.listConversations(undefined)
    return views.some((view) => view.id === conversation && view.members.length === 2)
  })
  return conversation
}

test('two people converse: sent, edited, reacted to, deleted', async () => {
  const alice = await Person.join('alice')
  const bob = await Person.join('bob')
  const conversation = await conversationOf(alice, bob)
  const key = await alice.send(conversation, 'hello')
  await bob.sees(conversation, ['hello'])
  await bob.send(conversation, 'hello to you')
  await alice.sees(conversation, ['hello', 'hello to you'])
  const { handlers } = alice.engine
  await handlers.editMessage({ key: randomUUID(), message: key, body: 'hello, Bob' })
  await bob.until(async () => (await bob.messages(conversation))[0]?.body === 'hello, Bob')
  const first = (await bob.messages(conversation))[0]
  await bob.engine.handlers.reactToMessage({
    key: randomUUID(),
    message: first?.key ?? '',
    emoji: '👍',
    on: true,
  })
  await alice.until(async () => (await alice.messages(conversation))[0]?.reactions.length === 1)
  await handlers.deleteMessage({ key: randomUUID(), message: key })
  await bob.until(async () => (await bob.messages(conversation))[0]?.body === null)
  const found = await bob.engine.handlers.searchMessages({ query: 'hello', limit: 10 })
  expect(found.ok && found.value.messages).toHaveLength(1)
})

test('[O1, O3] twenty written while the line is cut survive a restart and arrive once, in order', async () => {
  const proxy = await CuttableProxy.to(server.url)
  const alice = await Person.join('alice', proxy.url)
  const bob = await Person.join('bob')
  const conversation = await conversationOf(alice, bob)
  proxy.cut()
  await alice.offline()
  const bodies = Array.from({ length: 20 }, (_, i) => `message ${i}`)
  for (const body of bodies) await alice.send(conversation, body)
  await alice.restart()
  expect((await alice.messages(conversation)).map((m) => [m.body, m.state])).toEqual(
    bodies.map((body) => [body, 'queued']),
  )
  proxy.heal()
  await alice.engine.handlers.tryNow(undefined)
  await bob.sees(conversation, bodies)
  await alice.sees(conversation, bodies)
  await alice.engine.close()
  await proxy.close()
})

test('[O2, O11] cut again and again while a hundred are written: each arrives once, in order', async () => {
  const proxy = await CuttableProxy.to(server.url)
  const alice = await Person.join('alice', proxy.url)
  const bob = await Person.join('bob')
  const conversation = await conversationOf(alice, bob)
  const bodies = Array.from({ length: 100 }, (_, i) => `message ${i}`)
  for (const [i, body] of bodies.entries()) {
    await alice.send(conversation, body)
    if (i % 10 !== 9) continue
    proxy.cut()
    await alice.offline()
    proxy.heal()
    await alice.engine.handlers.tryNow(undefined)
  }
  await bob.sees(conversation, bodies)
  await alice.sees(conversation, bodies)
  await alice.engine.close()
  await proxy.close()
})

test('[S4] a server that is killed and comes back: both go on where they were', async () => {
  const alice = await Person.join('alice')
  const bob = await Person.join('bob')
  const conversation = await conversationOf(alice, bob)
  await alice.send(conversation, 'before')
  await bob.sees(conversation, ['before'])
  await server.kill()
  await alice.offline()
  await alice.send(conversation, 'meanwhile')
  await server.start()
  await alice.engine.handlers.tryNow(undefined)
  await bob.engine.handlers.tryNow(undefined)
  await bob.sees(conversation, ['before', 'meanwhile'])
  await alice.sees(conversation, ['before', 'meanwhile'])
})

test('[O8] signed out elsewhere: parked, and drained after signing in again', async () => {
  const alice = await Person.join('alice')
  const bob = await Person.join('bob')
  const conversation = await conversationOf(alice, bob)
  await alice.engine.handlers.signOut(undefined)
  const key = await alice.send(conversation, 'later')
  expect((await alice.messages(conversation)).find((m) => m.key === key)?.pending?.status).toEqual({
    state: 'parked',
  })
  const account = { serverUrl: server.url, username: alice.name, password: PASSWORD }
  expect(await alice.engine.handlers.signIn(account)).toEqual({ ok: true, value: null })
  await bob.sees(conversation, ['later'])
  await alice.sees(conversation, ['later'])
})

test('start on this computer: an account and a first conversation, over a restart', async () => {
  const ada = new Person('ada')
  await ada.engine.start()
  const started = await ada.engine.handlers.startOnThisComputer({ displayName: 'Ada Lovelace' })
  if (!started.ok) throw new Error(started.failure.code)
  const { conversation } = started.value
  await ada.send(conversation, 'note to self')
  await ada.sees(conversation, ['note to self'])
  await ada.restart()
  await ada.online()
  await ada.sees(conversation, ['note to self'])
})
