import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProfileFiles } from '../store/profile-files.ts'
import { FakeServer } from './test-support/fake-server.ts'
import { SERVER_URL, TestBench } from './test-support/test-bench.ts'

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

describe('another account', () => {
  const other = (username: string) =>
    bench.act(bench.engine.handlers.signIn({ ...credentials(username), keepOther: true }))
  const signOut = () => bench.act(bench.engine.handlers.signOut(undefined))
  const different = { ok: false, failure: { code: 'different_account' } }

  test('is refused while the profile is in use, or something waits and nobody agreed to keep it', async () => {
    const { conversation } = await bench.signedIn()
    expect(await bench.signIn('bob')).toEqual(different)
    expect(await other('bob')).toEqual(different)
    expect([...bench.server.tokens.values()]).toHaveLength(1)
    bench.line.down()
    await bench.send(conversation, 'waiting')
    await signOut()
    expect(await bench.signIn('bob')).toEqual(different)
    const fresh = await bench.act(bench.engine.handlers.createAccount(credentials('new')))
    expect(fresh).toEqual(different)
    expect([...bench.server.users.values()].map((u) => u.username)).not.toContain('new')
  })

  test('takes the place of one that was left; its data is put aside, and comes back with it', async () => {
    const { conversation } = await bench.signedIn()
    await bench.send(conversation, 'from me')
    await signOut()
    bench.told()
    expect(await bench.signIn('bob')).toEqual({ ok: true, value: null })
    expect(await session()).toMatchObject({ status: 'signed-in', user: { username: 'bob' } })
    expect(bench.told()).toContainEqual({
      type: 'conversations',
      upserted: [],
      removed: [conversation],
    })
    expect(await bench.bodies(conversation)).toEqual(['from me'])
    expect((await bench.messages(conversation))[0]?.own).toBe(false)
    expect(readdirSync(join(bench.folder.path, 'other-accounts'))).toHaveLength(1)

    await signOut()
    bench.line.down()
    expect(await bench.signIn('me')).toEqual({ ok: true, value: null })
    expect((await bench.messages(conversation))[0]?.own).toBe(true)
    expect(existsSync(bench.database)).toBe(true)
  })

  test.each(['ended by the user', 'ended by the server'])(
    '[O8] session %s: what waits is kept for its account, sent by no other, and drains when it is back',
    async (ending) => {
      const { me, bob, conversation } = await bench.signedIn()
      bench.line.down()
      await bench.send(conversation, 'of me, and of nobody else')
      bench.line.up()
      if (ending === 'ended by the user') await signOut()
      else {
        bench.server.hello = () => null
        await bench.engine.handlers.tryNow(undefined)
        await bench.time.advance(100)
        bench.server.hello = FakeServer.prototype.hello
      }
      expect(await bench.state()).toMatchObject({ outbox: { waiting: 1 }, otherAccounts: [] })

      expect(await other('bob')).toEqual({ ok: true, value: null })
      await bench.time.advance(60_000)
      expect(await bench.state()).toMatchObject({
        session: { status: 'signed-in', user: { id: bob } },
        outbox: { waiting: 0, failed: 0 },
        otherAccounts: [{ user: { id: me }, waiting: 1, server: { url: SERVER_URL } }],
      })
      await bench.send(conversation, 'of bob')
      await bench.time.advance(60_000)
      expect(bench.server.bodies(conversation)).toEqual(['of bob'])
      await bench.killAndRestart()
      expect(await bench.state()).toMatchObject({
        otherAccounts: [{ user: { id: me }, waiting: 1 }],
      })

      await signOut()
      expect(await other('me')).toEqual({ ok: true, value: null })
      await bench.time.advance(60_000)
      expect(bench.server.bodies(conversation)).toEqual(['of bob', 'of me, and of nobody else'])
      expect(await bench.state()).toMatchObject({
        outbox: { waiting: 0 },
        otherAccounts: [{ user: { id: bob }, waiting: 0 }],
      })
      expect(new Set((await bench.messages(conversation)).map((m) => m.author.id))).toEqual(
        new Set([me, bob]),
      )
    },
  )

  test('a new account, too, takes the place of one whose changes are kept', async () => {
    const { me, conversation } = await bench.signedIn()
    bench.line.down()
    await bench.send(conversation, 'waiting')
    await signOut()
    bench.line.up()
    const argument = { ...credentials('new'), displayName: 'Somebody New', keepOther: true }
    expect(await bench.act(bench.engine.handlers.createAccount(argument))).toMatchObject({
      ok: true,
    })
    await bench.time.advance(60_000)
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in', user: { username: 'new', displayName: 'Somebody New' } },
      otherAccounts: [{ user: { id: me }, waiting: 1 }],
    })
    expect(bench.server.bodies(conversation)).toEqual([])
  })

  test('one that was put aside is taken up by its name, while nobody is signed in', async () => {
    const { me, conversation } = await bench.signedIn()
    bench.line.down()
    await bench.send(conversation, 'waiting')
    await signOut()
    bench.line.up()
    await other('bob')
    const [aside] = (await bench.state()).otherAccounts
    const use = () => bench.act(bench.engine.handlers.switchAccount({ id: aside?.id ?? '' }))
    expect(await use()).toEqual(different)
    await signOut()
    expect(await bench.engine.handlers.switchAccount({ id: '../ferry.db' })).toMatchObject({
      failure: { code: 'not_found' },
    })
    expect(await use()).toEqual({ ok: true, value: null })
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-out', user: { id: me } },
      outbox: { waiting: 1 },
      otherAccounts: [{ user: { username: 'bob' } }],
    })
  })

  test('what an account left here comes back with it where nobody was signed in since', async () => {
    const { conversation } = await bench.signedIn()
    bench.line.down()
    await bench.send(conversation, 'waiting')
    await signOut()
    bench.abandon()
    // A kill between putting one account aside and making the database of the next.
    new ProfileFiles(bench.folder.path).swap({ user: 'me' }, null)
    bench.line.up()
    await bench.restart()
    expect(await bench.state()).toMatchObject({
      session: { status: 'welcome' },
      otherAccounts: [{ user: { username: 'me' }, waiting: 1 }],
    })
    await bench.signIn('me')
    await bench.time.advance(60_000)
    expect(bench.server.bodies(conversation)).toEqual(['waiting'])
  })

  test('[O8] another server that claims the id of an account gets nothing of its outbox', async () => {
    const { me, conversation } = await bench.signedIn()
    bench.line.down()
    await bench.send(conversation, 'for my server alone')
    await signOut()
    bench.line.up()
    const elsewhere = (keepOther: boolean) =>
      bench.act(
        bench.engine.handlers.signIn({
          ...credentials('me'),
          serverUrl: 'https://claims.test',
          keepOther,
        }),
      )
    expect(await elsewhere(false)).toEqual(different)
    expect(await elsewhere(true)).toEqual({ ok: true, value: null })
    await bench.time.advance(60_000)
    expect(bench.server.bodies(conversation)).toEqual([])
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in', user: { id: me }, server: { url: 'https://claims.test' } },
      outbox: { waiting: 0 },
      otherAccounts: [{ user: { id: me }, waiting: 1, server: { url: SERVER_URL } }],
    })
    await bench.killAndRestart()
    await signOut()
    const own = { ...credentials('me'), serverUrl: `${SERVER_URL.toUpperCase()}/`, keepOther: true }
    expect(await bench.act(bench.engine.handlers.signIn(own))).toEqual({ ok: true, value: null })
    await bench.time.advance(60_000)
    expect(bench.server.bodies(conversation)).toEqual(['for my server alone'])
    expect(await bench.state()).toMatchObject({
      otherAccounts: [{ user: { id: me }, waiting: 0, server: { url: 'https://claims.test' } }],
    })
  })

  test('a damaged database of another account is no reason not to start', async () => {
    await bench.signedIn()
    await signOut()
    await other('bob')
    const [aside] = (await bench.state()).otherAccounts
    bench.abandon()
    writeFileSync(join(bench.folder.path, 'other-accounts', aside?.id ?? ''), 'no database at all')
    await bench.restart()
    expect(await bench.state()).toMatchObject({
      session: { status: 'signed-in', user: { username: 'bob' } },
      otherAccounts: [],
    })
  })

  test('a server that the user chose stays chosen over the one given from outside', async () => {
    bench.serverUrlOverride = 'http://given.test'
    await bench.restart()
    bench.server.addUser('bob')
    await bench.signIn('bob')
    await bench.killAndRestart()
    expect(bench.line.addresses.at(-1)).toBe(SERVER_URL)
  })

  test('signed out, an account whose server was moved from outside is asked for there', async () => {
    await bench.signedIn()
    await signOut()
    bench.serverUrlOverride = 'http://moved.test'
    await bench.killAndRestart()
    expect(await session()).toMatchObject({
      status: 'signed-out',
      server: { url: 'http://moved.test' },
    })
  })
})
