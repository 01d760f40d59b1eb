import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { Message } from '../../protocol/model/message.ts'
import { seeded } from '../test-support/seeded.ts'
import { ServerProcess } from '../test-support/server-process.ts'
import { Cut, WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
afterEach(() => server.dispose())

const KILLS = 8
const WRITERS = 6
/** Messages acknowledged between two kills: drawn, so that it hits anywhere. */
const BETWEEN_KILLS = 150

test('[V3] [V4] kill -9 eight times under load: nothing acknowledged is lost, nothing is there twice', async () => {
  server = await ServerProcess.start()
  const random = seeded(8)
  const sessions = await Promise.all(
    Array.from({ length: WRITERS }, (_, i) => server.account(`writer${i}`)),
  )
  const [first] = sessions
  const maker = await WireClient.open(server.url, first?.token ?? '')
  const { conversation } = await maker.ask('conversation.create', {
    kind: 'group',
    members: sessions.map(({ user }) => user.id),
  })
  await maker.cut()

  /** Seq of each acknowledged message, by its key. */
  const acknowledged = new Map<string, number>()
  let repeats = 0
  let kills = 0
  let nextKill = BETWEEN_KILLS
  let restarting = Promise.resolve()

  function maybeKill(): void {
    if (kills >= KILLS || acknowledged.size < nextKill) return
    kills++
    nextKill = acknowledged.size + BETWEEN_KILLS + random.int(BETWEEN_KILLS)
    restarting = server.kill().then(() => server.restart())
  }

  /** Sends one message after the other; one that was cut is sent again with its key until it is answered. */
  async function write(token: string): Promise<void> {
    let client = await WireClient.open(server.url, token)
    while (kills < KILLS || acknowledged.size < nextKill) {
      const key = randomUUID()
      while (!acknowledged.has(key)) {
        try {
          const reply = await client.send(conversation.id, `body of ${key}`, key)
          if (reply.duplicate === true) repeats++
          acknowledged.set(key, reply.seq)
        } catch (error) {
          if (!(error instanceof Cut)) throw error
          await restarting
          client = await WireClient.open(server.url, token)
        }
      }
      maybeKill()
    }
    await client.cut()
  }

  await Promise.all(sessions.flatMap(({ token }) => [write(token), write(token), write(token)]))
  expect(kills).toBe(KILLS)

  const reader = await WireClient.open(server.url, first?.token ?? '', {
    cursors: { [conversation.id]: 0 },
  })
  const { head } = await reader.ask('events', { stream: conversation.id, after: 0, limit: 1 })
  await reader.reached(conversation.id, head)
  const seqByKey = new Map<string, number>()
  for (const event of reader.log(conversation.id)) {
    if (event.type !== 'message.created') continue
    const { key, body, seq } = Message.parse(event.message)
    expect(body).toBe(`body of ${key}`)
    expect(seqByKey.has(key ?? '')).toBe(false)
    seqByKey.set(key ?? '', seq)
  }
  expect(reader.anomalies).toEqual([])
  // Every message was acknowledged in the end, with the seq that it has.
  expect(seqByKey).toEqual(acknowledged)
  // Not a promise but a check of the test: some kill came between a commit and its reply.
  expect(repeats).toBeGreaterThan(0)
})

test('[V11] SIGTERM under load: goodbye, exit 0, and what was answered is there', async () => {
  server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const client = await WireClient.open(server.url, token)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  const keys: string[] = []
  const write = async () => {
    for (;;) {
      const key = randomUUID()
      try {
        await client.send(conversation.id, 'x', key)
      } catch (error) {
        if (error instanceof Cut) return
        throw error
      }
      keys.push(key)
    }
  }
  const writing = Promise.all([write(), write(), write(), write()])
  await client.reached(conversation.id, 100)
  const ending = await server.end('SIGTERM')
  expect(ending).toMatchObject({ code: 0, signal: null })
  expect(await client.closed).toBe(1012)
  expect(client.pushes.at(-1)).toMatchObject({ push: 'bye', error: { retryable: true } })
  await writing

  await server.restart()
  const again = await WireClient.open(server.url, token)
  for (const key of keys) {
    expect(
      await again.ask('send', { conversation: conversation.id, body: 'x', key }),
    ).toMatchObject({
      duplicate: true,
    })
  }
})

test('[V4] the same key at once over two sockets makes one message', async () => {
  server = await ServerProcess.start()
  const { token } = await server.account('ann')
  const one = await WireClient.open(server.url, token)
  const two = await WireClient.open(server.url, token)
  const { conversation } = await one.ask('conversation.create', { kind: 'group', members: [] })
  const ROUNDS = 100
  for (let round = 0; round < ROUNDS; round++) {
    const key = randomUUID()
    const replies = await Promise.all([
      one.send(conversation.id, `round ${round}`, key),
      two.send(conversation.id, `round ${round}`, key),
    ])
    const [a, b] = replies
    expect(a?.message).toEqual(b?.message)
    expect(a?.seq).toBe(round + 2)
    expect(replies.filter(({ duplicate }) => duplicate === true)).toHaveLength(1)
  }
  await one.reached(conversation.id, ROUNDS + 1)
  expect(one.log(conversation.id)).toHaveLength(ROUNDS + 1)
})
