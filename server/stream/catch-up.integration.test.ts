import { afterEach, expect, test } from 'vitest'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Cursors } from '../../protocol/model/primitives.ts'
import { seeded } from '../test-support/seeded.ts'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
afterEach(() => server.dispose())

/** Bodies of the messages created, in order. */
function bodies(events: readonly StreamEvent[]): (string | undefined)[] {
  return events.flatMap((event) => (event.type === 'message.created' ? [event.message.body] : []))
}

async function groupOf(names: readonly string[]) {
  const sessions = await Promise.all(names.map((name) => server.account(name)))
  const [owner] = sessions
  if (owner === undefined) throw new Error('nobody')
  const client = await WireClient.open(server.url, owner.token)
  const { conversation } = await client.ask('conversation.create', {
    kind: 'group',
    title: 'Harbour',
    members: sessions.slice(1).map(({ user }) => user.id),
  })
  return { client, conversation: conversation.id, sessions }
}

test('[V5] 8 clients that reconnect at random during 4,000 sends see 1..head: no gap, no repeat', async () => {
  const SENDS = 4_000
  server = await ServerProcess.start()
  const names = Array.from({ length: 9 }, (_, i) => `user${i}`)
  const { client: sender, conversation, sessions } = await groupOf(names)
  const head = 1 + SENDS

  async function watch(
    token: string,
    seed: number,
  ): Promise<{ events: StreamEvent[]; connections: number }> {
    const random = seeded(seed)
    const events: StreamEvent[] = []
    let cursors: Cursors = { [conversation]: 0 }
    let connections = 0
    for (;;) {
      connections++
      const watcher = await WireClient.open(server.url, token, { cursors })
      const reached = cursors[conversation] ?? 0
      // Cut after a drawn number of events: sometimes in the middle of catching up, sometimes live.
      const goal = Math.min(head, reached + 1 + random.int(400))
      await watcher.reached(conversation, goal)
      await watcher.cut()
      expect(watcher.anomalies).toEqual([])
      events.push(...watcher.log(conversation))
      cursors = { ...cursors, ...watcher.cursors }
      if ((cursors[conversation] ?? 0) >= head) return { events, connections }
    }
  }

  const watching = sessions.slice(1).map(({ token }, i) => watch(token, i + 1))
  let sent = 0
  const lane = async () => {
    while (sent < SENDS) await sender.send(conversation, `message ${sent++}`)
  }
  await Promise.all(Array.from({ length: 16 }, lane))
  const seen = await Promise.all(watching)

  const first = seen[0]?.events ?? []
  expect(new Set(bodies(first)).size).toBe(SENDS)
  for (const { events, connections } of seen) {
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
    expect(bodies(events)).toEqual(bodies(first))
    expect(connections).toBeGreaterThan(5)
  }
})

test('[V5] a stream without a cursor begins with its newest 100', async () => {
  server = await ServerProcess.start()
  const { client, conversation, sessions } = await groupOf(['ann', 'bob'])
  await Promise.all(Array.from({ length: 150 }, (_, i) => client.send(conversation, `${i}`)))
  const bob = await WireClient.open(server.url, sessions[1]?.token ?? '')
  await bob.reached(conversation, 151)
  expect(bob.log(conversation).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 100 }, (_, i) => 52 + i),
  )
})

test('[V5] a cursor beyond the head is answered with the head, and goes on live from there at once', async () => {
  server = await ServerProcess.start()
  const { client, conversation, sessions } = await groupOf(['ann', 'bob'])
  await client.send(conversation, 'one')
  const bob = await WireClient.connect(server.url, { cursors: { [conversation]: 90 } })
  const hello = await bob.hello(sessions[1]?.token ?? '')
  expect(hello.heads[conversation]).toBe(2)
  await client.send(conversation, 'two')
  // The reply comes after everything that was sent before it.
  await bob.ask('events', { stream: conversation, after: 0, limit: 10 })
  expect(bob.log(conversation).map(({ seq }) => seq)).toEqual([3])
})

test('[V5] one who is added while online gets the conversation at once, and goes on where it was after a removal', async () => {
  server = await ServerProcess.start()
  const { client: ann, conversation, sessions } = await groupOf(['ann', 'bob'])
  const bobSession = sessions[1]
  if (bobSession === undefined) throw new Error('no bob')
  const bob = await WireClient.open(server.url, bobSession.token)
  await bob.reached(conversation, 1)
  const member = { conversation, user: bobSession.user.id }
  await ann.ask('member.remove', member)
  await bob.reached(conversation, 2)
  await Promise.all(Array.from({ length: 150 }, (_, i) => ann.send(conversation, `${i}`)))
  const { seq } = await ann.ask('member.add', member)
  await ann.send(conversation, 'welcome back')
  await bob.reached(conversation, seq + 1)
  expect(bob.log(conversation).map((event) => event.seq)).toEqual(
    Array.from({ length: seq + 1 }, (_, i) => i + 1),
  )
  expect(bob.anomalies).toEqual([])

  const cat = await server.account('cat')
  const catClient = await WireClient.open(server.url, cat.token)
  await ann.ask('member.add', { conversation, user: cat.user.id })
  await ann.send(conversation, 'hello cat')
  await catClient.reached(conversation, seq + 3)
  expect(catClient.log(conversation)).toHaveLength(101)
  expect(catClient.log(`user:${cat.user.id}`).map(({ type }) => type)).toEqual([
    'conversation.joined',
  ])
})

test('[V10] heads are pushed soon after a change', async () => {
  server = await ServerProcess.start()
  const { client, conversation } = await groupOf(['ann', 'bob'])
  await client.send(conversation, 'one')
  await client.until(() =>
    client.pushes.some((push) => push.push === 'heads' && push.heads[conversation] === 2),
  )
})
