import { Session } from '../../protocol/http/accounts.ts'
import { CreateConversationReply } from '../../protocol/wire/requests/conversations.ts'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { startRedis, type TestRedis } from '../test-support/redis-server.ts'
import type { Seeded } from '../test-support/seeded.ts'
import { askOnce } from './ask-once.ts'
import { Device } from './device.ts'
import { type NodeProcess, nodeProcess } from './node-process.ts'

/** Small, so that streams are trimmed all the time and cursors fall out of the cache. */
const STREAM_CAP = 300
const USERS = ['ann', 'bob', 'cas', 'dan', 'eve']
/** Two of the users have two devices. */
const DEVICES = [0, 1, 2, 3, 4, 0, 1]
const ROOMS = ['one', 'two', 'three', 'churn']

/** Two nodes on one PostgreSQL and one Redis, and five users on seven devices. */
export interface World {
  readonly postgres: PostgresServer
  readonly database: string
  readonly redis: TestRedis
  readonly nodes: readonly NodeProcess[]
  readonly sessions: readonly Session[]
  readonly devices: readonly Device[]
  /** Conversations by their names; in `churn` the last two users come and go. */
  readonly rooms: ReadonlyMap<string, string>
  /** Resolves when `condition` holds; looks whenever a device has something to say. */
  until(condition: () => boolean): Promise<void>
  stop(): Promise<void>
}

export async function makeWorld(
  random: Seeded,
  options: { readonly devices: readonly number[] } = { devices: DEVICES },
): Promise<World> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  const database = await postgres.createDatabase()
  const settings = { database, redis: redis.url, streamCap: STREAM_CAP }
  const nodes = [await nodeProcess(settings), await nodeProcess(settings)]
  for (const node of nodes) await node.start()
  const urls = nodes.map(({ url }) => url)
  const [url = ''] = urls
  const sessions = await Promise.all(USERS.map((name) => createAccount(url, name)))
  const rooms = new Map<string, string>()
  for (const room of ROOMS) rooms.set(room, await createRoom(url, room, sessions))

  const looks = new Set<() => void>()
  const devices = options.devices.flatMap((user) => {
    const session = sessions[user]
    if (session === undefined) return []
    return new Device({
      ...{ session, nodes: urls, conversations: [...rooms.values()], first: random.int(2) },
      said: () => {
        for (const look of looks) look()
      },
    })
  })
  return {
    ...{ postgres, database, redis, nodes, sessions, devices, rooms },
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
    async stop() {
      for (const device of devices) device.close()
      for (const node of nodes) await node.kill()
      await Promise.all([redis.stop(), postgres.dispose()])
    },
  }
}

function createAccount(url: string, name: string): Promise<Session> {
  return post(`${url}/v1/accounts`, {
    ...{ username: name, displayName: name, password: passwordOf(name) },
  })
}

/** One more session of a user of the world. */
export function signIn(url: string, name: string): Promise<Session> {
  return post(`${url}/v1/sessions`, { username: name, password: passwordOf(name) })
}

const passwordOf = (name: string) => `${name} of the oracle`

async function post(url: string, body: object): Promise<Session> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return Session.parse(await response.json())
}

async function createRoom(url: string, title: string, sessions: readonly Session[]) {
  const [owner, ...others] = sessions
  const members = others.map(({ user }) => user.id)
  const reply = await askOnce(url, owner?.token ?? '', {
    ...{ op: 'conversation.create', kind: 'group', title, members },
  })
  return CreateConversationReply.parse(reply).conversation.id
}
