import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRawSocket } from '../../oracle/raw-socket.ts'
import { makeWorld, type World } from '../../oracle/world.ts'
import { seeded } from '../../test-support/seeded.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld(seeded(3), { devices: [] })
})
afterAll(() => world.stop())

const url = (node: number): string => world.nodes[node]?.url ?? ''

async function untilHealthy(node: number): Promise<void> {
  while ((await fetch(`${url(node)}/healthz`)).status !== 200);
}

test('[V8] with PostgreSQL away both nodes answer `unavailable` and are unhealthy, and they heal', async () => {
  const token = world.sessions[0]?.token ?? ''
  const conversation = world.rooms.get('one') ?? ''
  const sockets = await Promise.all(
    [0, 1].map((node) => openRawSocket(url(node), token, { [conversation]: 1 })),
  )
  const asked = sockets.map((_, node) => ({
    op: 'send',
    key: randomUUID(),
    conversation,
    body: `while it was away, at node ${node}`,
  }))
  await world.postgres.stop('crash')
  for (const node of [0, 1]) {
    const refused = await sockets[node]?.ask(asked[node] ?? {})
    expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
    const read = await sockets[node]?.ask({ op: 'history', conversation, limit: 10 })
    expect(read).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
    expect((await fetch(`${url(node)}/healthz`)).status).toBe(503)
    const signIn = await fetch(`${url(node)}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password: 'ann of the oracle' }),
    })
    expect(signIn.status).toBe(503)
    expect(await signIn.json()).toMatchObject({ code: 'unavailable', retryable: true })
  }
  await world.postgres.start()
  for (const node of [0, 1]) {
    await untilHealthy(node)
    expect(await sockets[node]?.ask(asked[node] ?? {})).toMatchObject({ ok: true })
  }
  const bodies = (node: number) =>
    sockets[node]?.events.flatMap(({ event }) =>
      event.type === 'message.created' ? [event.message.body] : [],
    )
  const expected = asked.map(({ body }) => body)
  for (const node of [0, 1]) {
    await sockets[node]?.until(() => bodies(node)?.length === 2)
    expect(bodies(node)).toEqual(expected)
    sockets[node]?.end()
  }
})
