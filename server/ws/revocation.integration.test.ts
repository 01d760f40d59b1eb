import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../protocol/http/accounts.ts'
import { ServerProcess, signOut } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
let ann: Session
let bob: Session

beforeAll(async () => {
  server = await ServerProcess.start()
  ann = await server.account('ann')
  bob = await server.account('bob')
})
afterAll(() => server.dispose())

async function group(owner: WireClient): Promise<string> {
  const members = [bob.user.id]
  const { conversation } = await owner.ask('conversation.create', { kind: 'group', members })
  return conversation.id
}

test('[V6] one who is removed gets the removal, nothing after it, and may do nothing any more', async () => {
  const owner = await WireClient.open(server.url, ann.token)
  const member = await WireClient.open(server.url, bob.token)
  const conversation = await group(owner)
  const { message } = await member.send(conversation, 'I was here')
  const removal = owner.ask('member.remove', { conversation, user: bob.user.id })
  // In the same breath: some of these share the removal's commit.
  const after = Promise.all(
    Array.from({ length: 50 }, (_, i) => owner.send(conversation, `secret ${i}`)),
  )
  const { seq } = await removal
  await after
  await member.until(() =>
    member.log(`user:${bob.user.id}`).some((event) => event.type === 'conversation.left'),
  )
  const key = '00000000-0000-4000-8000-000000000001'
  const refusals = [
    { op: 'send', key, conversation, body: 'x' },
    { op: 'edit', key, message: message.id, body: 'x', baseVersion: 1 },
    { op: 'delete', key, message: message.id },
    { op: 'react', key, message: message.id, emoji: '👍', on: true },
    { op: 'read', conversation, seq: 1 },
    { op: 'typing', conversation },
    { op: 'events', stream: conversation, after: 0, limit: 10 },
    { op: 'history', conversation, limit: 10 },
    { op: 'conversation.get', conversation },
  ]
  for (const fields of refusals) expect(await member.codeOf(fields)).toBe('forbidden')
  expect(member.log(conversation).at(-1)).toMatchObject({ seq, type: 'member.removed' })

  const again = await WireClient.connect(server.url, { cursors: { [conversation]: 0 } })
  const hello = await again.hello(bob.token)
  expect(hello.heads).not.toHaveProperty(conversation)
  await again.ask('users.find', { query: 'ann' })
  expect(again.log(conversation)).toEqual([])
})

test('[V6] signing out closes the sockets of that token, and of no other', async () => {
  const signedOut = await server.account('cat')
  const other = await WireClient.open(server.url, ann.token)
  const one = await WireClient.open(server.url, signedOut.token)
  const two = await WireClient.open(server.url, signedOut.token)
  expect(await signOut(server.url, signedOut.token)).toBe(204)
  expect(await Promise.all([one.closed, two.closed])).toEqual([4401, 4401])
  expect(one.pushes.at(-1)).toMatchObject({ push: 'bye', error: { code: 'unauthenticated' } })
  expect(await signOut(server.url, signedOut.token)).toBe(401)
  const late = await WireClient.connect(server.url)
  await expect(late.hello(signedOut.token)).rejects.toMatchObject({ code: 'unauthenticated' })
  await other.ask('users.find', { query: 'ann' })
})

test('typing reaches the other members, and nobody else', async () => {
  const owner = await WireClient.open(server.url, ann.token)
  const member = await WireClient.open(server.url, bob.token)
  const stranger = await WireClient.open(server.url, (await server.account('dan')).token)
  const conversation = await group(owner)
  await member.reached(conversation, 1)
  expect(await stranger.codeOf({ op: 'typing', conversation })).toBe('forbidden')
  await owner.ask('typing', { conversation })
  await member.until(() => member.pushes.some(({ push }) => push === 'typing'))
  expect(member.pushes).toContainEqual({ push: 'typing', conversation, user: ann.user.id })
  expect(owner.pushes.filter(({ push }) => push === 'typing')).toEqual([])
})

test('presence: online with the first socket, offline after the last, known to those who share a conversation', async () => {
  const eve = await server.account('eve')
  const fay = await server.account('fay')
  const watcher = await WireClient.open(server.url, eve.token)
  await watcher.ask('conversation.create', { kind: 'direct', members: [fay.user.id] })
  const presence = () =>
    watcher.pushes.flatMap((push) =>
      push.push === 'presence' && push.user === fay.user.id ? [push.online] : [],
    )
  const phone = await WireClient.open(server.url, fay.token)
  const laptop = await WireClient.open(server.url, fay.token)
  await watcher.until(() => presence().at(-1) === true)
  // One who comes later is told who is there.
  await laptop.until(() =>
    laptop.pushes.some((push) => push.push === 'presence' && push.user === eve.user.id),
  )
  await phone.cut()
  await laptop.cut()
  await watcher.until(() => presence().at(-1) === false)
  expect(presence()).toEqual([true, false])
})
