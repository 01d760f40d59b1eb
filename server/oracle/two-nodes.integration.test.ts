import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { seeded } from '../test-support/seeded.ts'
import { healthOf, untilHealth } from './node-health.ts'
import { openRawSocket, type RawSocket } from './raw-socket.ts'
import { makeWorld, signIn, type World } from './world.ts'

let world: World
let room: string
let sockets: RawSocket[] = []

beforeAll(async () => {
  world = await makeWorld(seeded(7), { devices: [] })
  room = world.rooms.get('one') ?? ''
})
afterAll(() => world.stop())
beforeEach(() => {
  sockets = []
})
afterEach(() => {
  for (const socket of sockets) socket.end()
})

async function socketOn(node: number, token: string, cursor?: number): Promise<RawSocket> {
  const url = world.nodes[node]?.url ?? ''
  const head = cursor ?? (await currentHead(url, token))
  const socket = await openRawSocket(url, token, { [room]: head })
  sockets.push(socket)
  return socket
}

async function currentHead(url: string, token: string): Promise<number> {
  const socket = await openRawSocket(url, token, { [room]: Number.MAX_SAFE_INTEGER })
  const reply = await socket.ask({ op: 'events', stream: room, after: 0, limit: 1 })
  socket.end()
  return z.object({ head: z.number() }).parse(reply).head
}

const token = (user: number) => world.sessions[user]?.token ?? ''
const bodies = ({ events }: RawSocket) =>
  events.flatMap(({ event }) => (event.type === 'message.created' ? [event.message.body] : []))
const send = (socket: RawSocket, body: string) =>
  socket.ask({ op: 'send', conversation: room, body })

describe('two nodes', () => {
  test('[V9] a message, a typing hint and presence reach a socket on the other node', async () => {
    const ann = await socketOn(0, token(0))
    const bob = await socketOn(1, token(1))
    expect((await send(ann, 'over the nodes')).ok).toBe(true)
    await bob.until(() => bodies(bob).includes('over the nodes'))
    await ann.ask({ op: 'typing', conversation: room })
    await bob.until(() => bob.pushes.some(({ push }) => push === 'typing'))
    await bob.until(() =>
      bob.pushes.some(
        (push) => push.push === 'presence' && push.user === world.sessions[0]?.user.id,
      ),
    )
  })

  test('[V4] the same key at both nodes at once makes one message', async () => {
    const one = await socketOn(0, token(0))
    const two = await socketOn(1, token(0))
    const watcher = await socketOn(1, token(1))
    for (let n = 0; n < 20; n++) {
      const key = crypto.randomUUID()
      const request = { op: 'send', conversation: room, body: `race ${n}`, key }
      const replies = await Promise.all([one.ask(request), two.ask(request)])
      expect(replies.map(({ ok }) => ok)).toEqual([true, true])
      expect(replies.filter((reply) => 'duplicate' in reply)).toHaveLength(1)
    }
    await send(one, 'last')
    await watcher.until(() => bodies(watcher).includes('last'))
    expect(bodies(watcher)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `race ${index}`),
      'last',
    ])
  })

  test('[V6] one who is removed at one node gets the removal at the other, and nothing after', async () => {
    const ann = await socketOn(0, token(0))
    const cas = await socketOn(1, token(2))
    const user = world.sessions[2]?.user.id
    await ann.ask({ op: 'member.remove', conversation: room, user })
    expect((await send(ann, 'not for the removed')).ok).toBe(true)
    await cas.until(() => cas.events.some(({ event }) => event.type === 'conversation.left'))
    const refused = await send(cas, 'may I?')
    expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    const back = await ann.ask({ op: 'member.add', conversation: room, user })
    expect(back.ok).toBe(true)
    await send(ann, 'welcome back')
    await cas.until(() => bodies(cas).includes('welcome back'))
  })

  test('[V6] signing out at one node closes the socket at the other', async () => {
    const { url } = world.nodes[0] ?? { url: '' }
    const session = await signIn(url, 'dan')
    const dan = await socketOn(1, session.token)
    const response = await fetch(`${url}/v1/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${session.token}` },
    })
    expect(response.status).toBe(204)
    expect(await dan.closed).toBe(CloseCode.unauthenticated)
  })
})

describe('Redis away', () => {
  test('[V8] clients on both nodes go on, /healthz says degraded, and it heals by itself', async () => {
    const ann = await socketOn(0, token(0))
    const bob = await socketOn(1, token(1))
    await world.redis.kill()
    try {
      await untilHealth(world, 'degraded')
      expect((await healthOf(world.nodes[0]?.url ?? '')).http).toBe(200)
      expect((await send(ann, 'without redis, from one')).ok).toBe(true)
      expect((await send(bob, 'without redis, from two')).ok).toBe(true)
      await bob.until(() => bodies(bob).length === 2)
      await ann.until(() => bodies(ann).length === 2)
      const late = await socketOn(1, token(2), 0)
      await late.until(() => bodies(late).includes('without redis, from one'))
    } finally {
      await world.redis.restart()
    }
    await untilHealth(world, 'ok')
    await send(ann, 'with redis again')
    await bob.until(() => bodies(bob).includes('with redis again'))
    expect(bodies(bob)).toHaveLength(3)
  })

  test('[V6] signing out and removal reach the other node all the same while Redis hangs', async () => {
    const { url } = world.nodes[0] ?? { url: '' }
    const session = await signIn(url, 'eve')
    const dan = await socketOn(1, token(3))
    const eve = await socketOn(1, session.token)
    const ann = await socketOn(0, token(0))
    world.redis.freeze()
    try {
      await untilHealth(world, 'degraded')
      const user = world.sessions[3]?.user.id
      await ann.ask({ op: 'member.remove', conversation: room, user })
      await send(ann, 'not for dan')
      await dan.until(() => dan.events.some(({ event }) => event.type === 'conversation.left'))
      await fetch(`${url}/v1/sessions`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${session.token}` },
      })
      expect(await eve.closed).toBe(CloseCode.unauthenticated)
      expect(bodies(dan)).toEqual([])
    } finally {
      world.redis.thaw()
    }
    await untilHealth(world, 'ok')
  })
})
