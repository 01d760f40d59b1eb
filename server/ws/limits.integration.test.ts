import { afterEach, expect, test } from 'vitest'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'
import { MAX_SOCKETS_A_USER } from './limits.ts'

let server: ServerProcess
afterEach(() => server.dispose())

test('[V7] over its rate a connection is told when to come back, and nothing is done', async () => {
  server = await ServerProcess.start(['--rate-limit', '5'])
  const { token } = await server.account('ann')
  const client = await WireClient.open(server.url, token)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      client.request({
        op: 'send',
        key: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
        conversation: conversation.id,
        body: `message ${i}`,
      }),
    ),
  )
  const refused = replies.filter((reply) => (reply as { ok: boolean }).ok === false)
  // Ten at once at this rate, one of which made the conversation; a slow machine lets some more through.
  expect(refused.length).toBeGreaterThan(10)
  for (const reply of refused) {
    expect(reply).toMatchObject({
      error: { code: 'rate_limited', retryable: true, retryAfterMs: expect.any(Number) },
    })
  }
  const { head } = await WireClient.open(server.url, token).then((second) =>
    second.ask('events', { stream: conversation.id, after: 0, limit: 1 }),
  )
  expect(head).toBe(1 + replies.length - refused.length)
})

test('[V7] the sockets of one user are counted', async () => {
  server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const clients: WireClient[] = []
  for (let i = 0; i < MAX_SOCKETS_A_USER; i++) {
    clients.push(await WireClient.open(server.url, token))
  }
  const tooMany = await WireClient.connect(server.url)
  await expect(tooMany.hello(token)).rejects.toMatchObject({ code: 'rate_limited' })
  expect(await tooMany.closed).toBe(1013)
  const [first] = clients
  await first?.cut()
  // The server hears of the end on another socket than that of the next hello.
  await expect
    .poll(async () => {
      const next = await WireClient.connect(server.url)
      return await next.hello(token).then(
        () => 'greeted',
        () => 'refused',
      )
    })
    .toBe('greeted')
})

test('[V7] more requests than may be under way are all answered: the rest waits in the socket', async () => {
  server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const client = await WireClient.open(server.url, token)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const COUNT = 3_000
  const replies = await Promise.all(
    Array.from({ length: COUNT }, (_, i) => client.send(conversation.id, `message ${i}`)),
  )
  expect(replies.map(({ seq }) => seq)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 2))
})
