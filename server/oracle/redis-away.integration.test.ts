import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seeded } from '../test-support/seeded.ts'
import { countedBy, healthOf, untilHealth } from './node-health.ts'
import { openRawSocket, type RawSocket } from './raw-socket.ts'
import { makeWorld, type World } from './world.ts'

/** How long Redis stays away, in ms; FERRY_OUTAGE_MS makes it shorter for one who works on this. */
const { FERRY_OUTAGE_MS = '30000' } = process.env
const OUTAGE_MS = Number(FERRY_OUTAGE_MS)
/** Messages that each of the two writes before it waits for those of the other. */
const A_ROUND = 10

let world: World
let room: string
const sockets: RawSocket[] = []

beforeAll(async () => {
  world = await makeWorld(seeded(30), { devices: [] })
  room = world.rooms.get('one') ?? ''
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.end()
})
afterAll(() => world.stop())

const urlOf = (node: number) => world.nodes[node]?.url ?? ''

/** A socket of a user on a node, with all of the room after `cursor`. */
async function socketOn(node: number, user: number, cursor: number): Promise<RawSocket> {
  const token = world.sessions[user]?.token ?? ''
  const socket = await openRawSocket(urlOf(node), token, { [room]: cursor })
  sockets.push(socket)
  return socket
}

/** The room's events on a socket. */
const eventsOf = ({ events }: RawSocket) =>
  events.flatMap(({ stream, event }) => (stream === room ? [event] : []))
const bodiesOf = (socket: RawSocket) =>
  eventsOf(socket).flatMap((event) =>
    event.type === 'message.created' ? [event.message.body] : [],
  )
const upTo = (last: number, from: number) =>
  Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index)

/** Both write, each on its node; resolves when each has all that both wrote. The bodies. */
async function writeRound(pair: readonly RawSocket[], round: number): Promise<string[]> {
  const bodies = pair.map((_, who) => upTo(A_ROUND, 1).map((n) => `round ${round}, ${who}: ${n}`))
  await Promise.all(
    pair.map(async (socket, who) => {
      const asked = bodies[who] ?? []
      const replies = await Promise.all(
        asked.map((body) => socket.ask({ op: 'send', conversation: room, body })),
      )
      expect(replies.every(({ ok }) => ok)).toBe(true)
    }),
  )
  const all = bodies.flat()
  for (const socket of pair) {
    await socket.until(() => bodiesOf(socket).length >= round * pair.length * A_ROUND)
  }
  return all
}

test(`[V8] Redis away for ${OUTAGE_MS / 1000} s of traffic: both nodes send and receive, say degraded, and heal`, {
  timeout: OUTAGE_MS + 120_000,
}, async () => {
  const pair = [await socketOn(0, 0, 1), await socketOn(1, 1, 1)]
  const written: string[] = []
  let rounds = 0
  let degraded = 0
  const write = async () => {
    rounds += 1
    written.push(...(await writeRound(pair, rounds)))
  }
  await write()
  await world.redis.kill()
  const since = performance.now()
  await untilHealth(world, 'degraded')
  // Between nodes a message now comes with the heads in the database: that paces the rounds.
  while (performance.now() - since < OUTAGE_MS) {
    await write()
    for (const { url } of world.nodes) {
      expect(await healthOf(url)).toMatchObject({ http: 200, status: 'degraded' })
      degraded += 1
    }
  }
  const during = rounds - 1
  expect(during).toBeGreaterThan(0)
  const late = await socketOn(1, 2, 1)
  await late.until(() => bodiesOf(late).length === written.length)

  await world.redis.restart()
  await untilHealth(world, 'ok')
  await write()
  while ((await healthOf(urlOf(0))).relayLag > 0);
  for (const socket of [...pair, late]) {
    await socket.until(() => bodiesOf(socket).length >= written.length)
    expect([...bodiesOf(socket)].sort()).toEqual([...written].sort())
    expect(eventsOf(socket).map(({ seq }) => seq)).toEqual(upTo(written.length + 1, 2))
  }
  // The cache serves again, though nobody told it to.
  const cachePages = 'ferry_stream_reads_total{from="cache"'
  const before = await countedBy(urlOf(0), cachePages)
  while ((await countedBy(urlOf(0), cachePages)) === before) {
    const reader = await socketOn(0, 3, written.length - A_ROUND)
    await reader.until(() => bodiesOf(reader).length > A_ROUND)
    reader.end()
  }
  process.stdout.write(
    `redis away for ${OUTAGE_MS / 1000} s: ${during} rounds of ${2 * A_ROUND} messages went over two nodes meanwhile, ` +
      `${written.length} in all, each once and in order at 3 clients; /healthz said degraded ${degraded} times, then ok\n`,
  )
})
