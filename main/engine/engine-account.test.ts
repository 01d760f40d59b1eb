import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refused } from './test-support/fake-answer.ts'
import { APP_SECRET, SERVER_URL, TestBench } from './test-support/test-bench.ts'

let bench: TestBench

beforeEach(() => {
  bench = new TestBench()
})
afterEach(() => bench.dispose())

const credentials = (username: string) => ({
  serverUrl: SERVER_URL,
  username,
  password: 'password',
})
const session = async () => (await bench.state()).session

describe('welcome', () => {
  test('is where an empty profile begins', async () => {
    await bench.engine.start()
    expect(await bench.state()).toMatchObject({
      session: { status: 'welcome', serverUrl: null },
      storage: { status: 'ok' },
      outbox: { waiting: 0, failed: 0 },
      platform: 'linux',
    })
    expect(await bench.engine.handlers.listConversations(undefined)).toEqual([])
    expect(await bench.engine.handlers.searchMessages({ query: 'x', limit: 5 })).toMatchObject({
      ok: false,
    })
  })

  test('knows the server that was given from outside', async () => {
    bench.serverUrlOverride = 'http://given.test'
    await bench.restart()
    expect(await session()).toEqual({ status: 'welcome', serverUrl: 'http://given.test' })
  })
})

describe('signing in', () => {
  test('[V13] no password goes where it can be read on the way, unless the user agreed', async () => {
    await bench.engine.start()
    const serverUrl = 'http://server.test'
    const argument = { ...credentials('alice'), serverUrl }
    const refused = { ok: false, failure: { code: 'insecure_address' } }
    const { createAccount, signIn } = bench.engine.handlers
    expect(await bench.act(createAccount(argument))).toEqual(refused)
    expect(await bench.act(signIn(argument))).toEqual(refused)
    expect(bench.server.users.size).toBe(0)
    const confirmed = { ...argument, confirmedInsecure: true }
    expect(await bench.act(createAccount(confirmed))).toEqual({ ok: true, value: null })
  })

  test('a new account: signed in, connected, remembered over a restart', async () => {
    await bench.engine.start()
    const answer = await bench.act(bench.engine.handlers.createAccount(credentials('alice')))
    expect(answer).toEqual({ ok: true, value: null })
    await bench.time.advance(100)
    const signedIn = {
      status: 'signed-in',
      user: { username: 'alice', displayName: 'alice' },
      server: { kind: 'remote', url: SERVER_URL },
    }
    expect(await bench.state()).toMatchObject({
      session: signedIn,
      connection: { status: 'online' },
    })
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({
      session: signedIn,
      connection: { status: 'online' },
    })
  })

  test.each([
    ['a wrong password', 'bob', 'unauthenticated'],
    ['nobody', 'nobody', 'unauthenticated'],
  ])('%s: the code of it, and still welcome', async (_, username, code) => {
    await bench.engine.start()
    bench.server.addUser('bob')
    const argument = { ...credentials(username), password: 'wrong' }
    expect(await bench.act(bench.engine.handlers.signIn(argument))).toMatchObject({
      ok: false,
      failure: { code },
    })
    expect(await session()).toMatchObject({ status: 'welcome' })
  })

  test('a name that is taken', async () => {
    await bench.engine.start()
    bench.server.addUser('bob')
    expect(await bench.act(bench.engine.handlers.createAccount(credentials('bob')))).toMatchObject({
      failure: { code: 'username_taken' },
    })
  })

  test('the token is sealed on disk', async () => {
    await bench.signedIn()
    bench.abandon()
    bench.withStore((store) => {
      expect(new TextDecoder().decode(store.secret('token') ?? undefined)).toMatch(/^key token/)
    })
    await bench.restart()
  })

  test('[O8] a token that cannot be opened any more: signed out, nothing lost', async () => {
    const { conversation } = await bench.signedIn()
    bench.line.down()
    await bench.send(conversation, 'kept')
    bench.abandon()
    bench.sealedWith = 'another-key'
    bench.line.up()
    await bench.restart()
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-out' },
      connection: { status: 'signed-out' },
      outbox: { waiting: 1 },
    })
    await bench.signIn('me')
    expect(bench.server.bodies(conversation)).toEqual(['kept'])
  })
})

describe('[O8] the server ends the session', () => {
  test('everything is parked without attempts, shown as signed out, and drains after signing in', async () => {
    const { conversation } = await bench.signedIn()
    for (const token of [...bench.server.tokens.keys()]) bench.server.revoke(token)
    await bench.time.advance(100)
    const key = await bench.send(conversation, 'while signed out')
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-out', user: { username: 'me' } },
      connection: { status: 'signed-out' },
      outbox: { waiting: 1, failed: 0 },
    })
    expect((await bench.message(conversation, key))?.pending?.status).toEqual({ state: 'parked' })
    await bench.killAndRestart()
    await bench.time.advance(3_600_000)
    expect((await bench.message(conversation, key))?.pending?.status).toEqual({ state: 'parked' })
    expect(bench.server.requests.filter((r) => r.op === 'send')).toEqual([])
    await bench.signIn('me')
    expect(bench.server.bodies(conversation)).toEqual(['while signed out'])
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in' },
      connection: { status: 'online' },
    })
  })

  test('an answer 401 to an operation does the same', async () => {
    const { conversation } = await bench.signedIn()
    bench.line.fate = (request) => (request.op === 'send' ? refused('unauthenticated') : 'pass')
    const key = await bench.send(conversation, 'hello')
    await bench.time.advance(100)
    expect((await bench.message(conversation, key))?.pending?.status).toEqual({ state: 'parked' })
    expect(await session()).toMatchObject({ status: 'signed-out' })
    bench.line.fate = () => 'pass'
    await bench.signIn('me')
    expect(bench.server.bodies(conversation)).toEqual(['hello'])
  })
})

describe('signing out', () => {
  test('ends the session here and there, and keeps everything', async () => {
    const { conversation } = await bench.signedIn()
    await bench.send(conversation, 'sent')
    await bench.act(bench.engine.handlers.signOut(undefined))
    await bench.time.advance(100)
    expect(bench.server.tokens.size).toBe(0)
    expect(bench.server.sockets.size).toBe(0)
    expect(await session()).toMatchObject({ status: 'signed-out' })
    expect(await bench.bodies(conversation)).toEqual(['sent'])
    await bench.killAndRestart()
    expect(await session()).toMatchObject({ status: 'signed-out' })
    await bench.signIn('me')
    expect(await bench.bodies(conversation)).toEqual(['sent'])
  })
})

describe('start on this computer', () => {
  const start = (displayName = 'Ada Lovelace') =>
    bench.act(
      (async () => {
        const answer = bench.engine.handlers.startOnThisComputer({ displayName })
        for (let turn = 0; turn < 20; turn += 1) await bench.time.settle()
        return answer
      })(),
    )

  test('a server, an account, a first conversation; no password asked', async () => {
    await bench.engine.start()
    const answer = await start()
    expect(answer).toMatchObject({ ok: true })
    const id = answer.ok ? answer.value.conversation : ''
    expect(await session()).toMatchObject({
      status: 'signed-in',
      user: { username: 'ada-lovelace', displayName: 'Ada Lovelace' },
      server: { kind: 'bundled', url: 'http://127.0.0.1:1000' },
    })
    expect(await bench.conversation(id)).toMatchObject({ name: 'Notes', kind: 'group' })
    expect(
      bench.events.some((e) => e.type === 'state' && e.state.session.status === 'starting'),
    ).toBe(true)
    await bench.send(id, 'first note')
    expect(bench.server.bodies(id)).toEqual(['first note'])
    expect(bench.engine.usesBundledServer()).toBe(true)
  })

  test('[V6] the bundled server is told what only this app can say, for accounts and for sessions', async () => {
    const secrets: (string | undefined)[] = []
    const { server } = bench
    const createAccount = server.createAccount.bind(server)
    const createSession = server.createSession.bind(server)
    server.createAccount = (url, request, secret?: string) => {
      secrets.push(secret)
      return createAccount(url, request)
    }
    server.createSession = (url, request, secret?: string) => {
      secrets.push(secret)
      return createSession(url, request)
    }
    await bench.engine.start()
    await start()
    await bench.act(bench.engine.handlers.signOut(undefined))
    await start()
    expect(secrets).toEqual([APP_SECRET, APP_SECRET])
  })

  test('the next start runs the server first, and uses its new port', async () => {
    await bench.engine.start()
    await start()
    bench.bundledServer.port = 2000
    await bench.killAndRestart()
    expect(bench.bundledServer.starts).toBeGreaterThan(1)
    expect(bench.line.addresses.at(-1)).toBe('http://127.0.0.1:2000')
    expect(await session()).toMatchObject({ server: { url: 'http://127.0.0.1:2000' } })
  })

  test('a server that does not start: told, and welcome again', async () => {
    await bench.engine.start()
    bench.bundledServer.fails = true
    expect(await start()).toEqual({ ok: false, failure: { code: 'server_start_failed' } })
    expect(await session()).toMatchObject({ status: 'welcome' })
  })

  test('a kill after the account was made: goes on with it, not with another one', async () => {
    await bench.engine.start()
    bench.line.down()
    const createSession = bench.server.createAccount.bind(bench.server)
    bench.server.createAccount = async (url, request) => {
      await createSession(url, request)
      return { ok: false, failure: { kind: 'timeout' } }
    }
    expect(await start()).toMatchObject({ ok: false, failure: { code: 'timeout' } })
    bench.server.createAccount = createSession
    bench.line.up()
    await bench.killAndRestart()
    expect(await start('Ada Lovelace')).toMatchObject({ ok: true })
    expect([...bench.server.users.values()].map((u) => u.username)).toEqual(['ada-lovelace'])
  })

  test('a kill before the first conversation: it comes with the next start, once', async () => {
    await bench.engine.start()
    bench.line.fate = (request) => (request.op === 'conversation.create' ? 'swallow' : 'pass')
    void bench.engine.handlers.startOnThisComputer({ displayName: 'Ada' })
    for (let turn = 0; turn < 20; turn += 1) await bench.time.settle()
    bench.line.fate = () => 'pass'
    await bench.killAndRestart()
    await bench.time.advance(1_000)
    const views = await bench.engine.handlers.listConversations(undefined)
    expect(views.map((view) => view.name)).toEqual(['Notes'])
    expect(bench.server.conversations.size).toBe(1)
  })

  test('a name that is taken by somebody else gets a number', async () => {
    await bench.engine.start()
    bench.server.addUser('ada')
    expect(await start('Ada')).toMatchObject({ ok: true })
    expect(await session()).toMatchObject({ user: { username: 'ada-5000', displayName: 'Ada' } })
  })

  test('an expired session is renewed in silence', async () => {
    await bench.engine.start()
    const answer = await start()
    const id = answer.ok ? answer.value.conversation : ''
    await bench.time.advance(60_000)
    for (const token of [...bench.server.tokens.keys()]) bench.server.revoke(token)
    for (let turn = 0; turn < 5; turn += 1) await bench.time.settle()
    await bench.send(id, 'goes on')
    expect(bench.server.bodies(id)).toEqual(['goes on'])
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in' },
      connection: { status: 'online' },
    })
  })

  test('a server that refuses every session: signed out, not a storm', async () => {
    await bench.engine.start()
    await start()
    await bench.time.advance(60_000)
    let asked = 0
    const createSession = bench.server.createSession.bind(bench.server)
    bench.server.createSession = (url, request) => {
      asked += 1
      return createSession(url, request)
    }
    bench.server.hello = () => null
    for (const token of [...bench.server.tokens.keys()]) bench.server.revoke(token)
    await bench.time.advance(600_000)
    expect(asked).toBe(1)
    expect(await session()).toMatchObject({ status: 'signed-out' })
  })

  test('after signing out it signs in again with what it knows', async () => {
    await bench.engine.start()
    const first = await start()
    await bench.act(bench.engine.handlers.signOut(undefined))
    expect(await session()).toMatchObject({ status: 'signed-out' })
    expect(await start('whatever')).toEqual(first)
    expect(await session()).toMatchObject({ status: 'signed-in' })
  })

  test('[S5] a server that ends by itself is started again, and the user is told', async () => {
    await bench.engine.start()
    await start()
    bench.bundledServer.fails = true
    bench.bundledServer.crash()
    await bench.time.settle()
    expect(await bench.state()).toMatchObject({
      connection: { status: 'offline', retryInMs: 500 },
      notice: { kind: 'bundled_server_restarted' },
    })
    bench.bundledServer.fails = false
    await bench.time.advance(600)
    expect((await bench.state()).connection.status).toBe('online')
    expect(bench.line.addresses.at(-1)).toBe('http://127.0.0.1:1001')
  })

  test('closing stops it', async () => {
    await bench.engine.start()
    await start()
    await bench.act(bench.engine.close())
    expect(bench.bundledServer.stops).toBe(1)
  })
})

describe('a server given from outside', () => {
  test('is used instead of the stored address', async () => {
    await bench.signedIn()
    bench.serverUrlOverride = 'http://moved.test'
    await bench.killAndRestart()
    expect(bench.line.addresses.at(-1)).toBe('http://moved.test')
  })
})
