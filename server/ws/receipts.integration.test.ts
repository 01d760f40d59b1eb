import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../protocol/http/accounts.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { startRedis, type TestRedis } from '../test-support/redis-server.ts'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

/** What a client was told of a conversation so far, by member: the furthest. */
function toldOf(client: WireClient, conversation: string): Map<string, Receipt> {
  const told = new Map<string, Receipt>()
  for (const push of client.pushes) {
    if (push.push !== 'receipts' || push.conversation !== conversation) continue
    for (const receipt of push.receipts) told.set(receipt.user, receipt)
  }
  return told
}

describe('on one node', () => {
  let server: ServerProcess
  let ann: Session
  let bob: Session
  beforeAll(async () => {
    server = await ServerProcess.start()
    ann = await server.account('ann')
    bob = await server.account('bob')
  })
  afterAll(() => server.dispose())

  async function meet() {
    const owner = await WireClient.open(server.url, ann.token)
    const member = await WireClient.open(server.url, bob.token)
    const members = [bob.user.id]
    const { conversation } = await owner.ask('conversation.create', { kind: 'group', members })
    return { owner, member, conversation: conversation.id }
  }

  test('[R1] [R4] a delivery, then a reading, is pushed to who asked for receipts, and kept', async () => {
    const { owner, member, conversation } = await meet()
    const asked = await owner.ask('receipts', { conversations: [conversation] })
    expect(asked.conversations).toEqual([
      {
        conversation,
        receipts: [ann, bob]
          .map(({ user }) => ({ user: user.id, joined: 1, delivered: 0, read: 0 }))
          .sort((a, b) => (a.user < b.user ? -1 : 1)),
      },
    ])
    const { seq } = await owner.send(conversation, 'hello')
    await member.ask('delivered', { upTo: { [conversation]: seq } })
    const ofBob = () => toldOf(owner, conversation).get(bob.user.id)
    await owner.until(() => ofBob()?.delivered === seq)
    expect(ofBob()).toEqual({ user: bob.user.id, joined: 1, delivered: seq, read: 0 })
    await member.ask('read', { conversation, seq })
    await owner.until(() => ofBob()?.read === seq)
    // Bob's client is of a version that never asked: it would not know such a push.
    await owner.ask('read', { conversation, seq })
    await member.ask('users.find', { query: 'ann' })
    expect(toldOf(member, conversation).size).toBe(0)
    expect(owner.log(conversation)).toHaveLength(2)

    const again = await WireClient.open(server.url, ann.token)
    const { conversations } = await again.ask('receipts', { conversations: [conversation] })
    expect(conversations[0]?.receipts).toContainEqual({
      ...{ user: bob.user.id, joined: 1, delivered: seq, read: seq },
    })
  })

  test('[V6] one who is removed neither tells nor hears how far others are', async () => {
    const { owner, member, conversation } = await meet()
    await member.reached(conversation, 1)
    await member.ask('receipts', { conversations: [conversation] })
    const { seq } = await owner.send(conversation, 'last words')
    await owner.ask('member.remove', { conversation, user: bob.user.id })
    await owner.ask('read', { conversation, seq })
    const upTo = { [conversation]: seq }
    expect(await member.codeOf({ op: 'delivered', upTo })).toBe('forbidden')
    expect(await member.ask('receipts', { conversations: [conversation] })).toMatchObject({
      conversations: [],
    })
    const again = await WireClient.open(server.url, ann.token)
    const { conversations } = await again.ask('receipts', { conversations: [conversation] })
    expect(conversations[0]?.receipts.map(({ user }) => user)).toEqual([ann.user.id])
    expect(toldOf(member, conversation).size).toBe(0)
  })
})

describe('on two nodes', () => {
  let postgres: PostgresServer
  let redis: TestRedis
  const nodes: ServerProcess[] = []
  beforeAll(async () => {
    postgres = await startPostgres()
    redis = await startRedis()
    const flags = ['--database', await postgres.createDatabase(), '--redis', redis.url]
    for (let n = 0; n < 2; n++) nodes.push(await ServerProcess.start(flags))
  }, 60_000)
  afterAll(async () => {
    for (const node of nodes) await node.dispose()
    await redis.stop()
    await postgres.dispose()
  })

  test('[R4] what moves on one is told on the other', async () => {
    const [one, two] = nodes
    if (one === undefined || two === undefined) throw new Error('no nodes')
    const ann = await one.account('ann')
    const bob = await two.account('bob')
    const owner = await WireClient.open(one.url, ann.token)
    const member = await WireClient.open(two.url, bob.token)
    const members = [bob.user.id]
    const { conversation } = await owner.ask('conversation.create', { kind: 'direct', members })
    const { id } = conversation
    await owner.ask('receipts', { conversations: [] })
    const { seq } = await owner.send(id, 'hello')
    await member.reached(id, seq)
    await member.ask('delivered', { upTo: { [id]: seq } })
    await owner.until(() => toldOf(owner, id).get(bob.user.id)?.delivered === seq)
    await member.ask('read', { conversation: id, seq })
    await owner.until(() => toldOf(owner, id).get(bob.user.id)?.read === seq)
  })
})
