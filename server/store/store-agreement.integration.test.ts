import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnyCommand } from '../domain/command.ts'
import type { CommittedStream } from '../domain/stream-entry.ts'
import { makeCommand } from '../test-support/make-command.ts'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { type Seeded, seeded } from '../test-support/seeded.ts'
import { newUser } from './contract/fixture.ts'
import { openPostgresStore } from './postgres/postgres-store.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Outcome, Store, StoreOptions } from './store.ts'

/**
 * SQLite decides one command after the other, each on what it reads; PostgreSQL reads and writes for many at once.
 * Given the same commands in the same order, they must answer and keep the same, to the byte.
 */

const USERS = ['ann', 'bob', 'cy', 'dee', 'eve']
const COMMANDS = 3_000
const AMPLE = 1 << 24

let server: PostgresServer
let folder: string
beforeAll(async () => {
  server = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'ferry-agreement-'))
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** What commands may be about: everything that was made so far, and things that never were. */
interface World {
  readonly conversations: string[]
  readonly messages: { readonly id: string; readonly author: string }[]
  readonly commands: AnyCommand[]
  now: number
}

function drawCommand(random: Seeded, world: World): AnyCommand {
  const one = <T>(items: readonly T[], otherwise: T): T =>
    items[random.int(items.length)] ?? otherwise
  const actor = one(USERS, 'ann')
  const user = one([...USERS, 'nobody'], 'ann')
  const conversation =
    random.int(40) === 0 ? 'nowhere' : one(world.conversations.slice(0, 6), 'nowhere')
  // Mostly recent ones, so that commands meet on the same message.
  const nothing = { id: 'nothing', author: actor }
  const { id: message, author } =
    random.int(40) === 0 ? nothing : one(world.messages.slice(-8 - random.int(8)), nothing)
  const earlier = one(world.commands.slice(-20), undefined)
  const after = random.int(4) === 0 ? earlier?.request.key : undefined
  const order = after === undefined ? {} : { after }
  const lane = 1
  const emoji = one(['👍', '👀', '🎉'], '👍')
  const draw = random.int(100)
  if (draw < 6 && earlier !== undefined) return { ...earlier, freshId: makeFresh(world) }
  if (draw < 10 && earlier?.op === 'send') {
    const { key } = earlier.request
    return makeCommand('send', earlier.actor, { conversation, body: 'reused', key }, lane)
  }
  if (draw < 45) {
    const body = `text ${random.int(1000)}`
    const replyTo = random.int(5) === 0 ? { replyTo: message } : {}
    return makeCommand('send', actor, { conversation, body, ...replyTo, ...order }, lane)
  }
  if (draw < 57) {
    const body = `edited ${random.int(1000)}`
    const baseVersion = 1 + random.int(3)
    const editor = random.int(5) === 0 ? actor : author
    return makeCommand('edit', editor, { message, body, baseVersion, ...order }, lane)
  }
  if (draw < 64) {
    const eraser = random.int(2) === 0 ? actor : author
    return makeCommand('delete', eraser, { message, ...order }, lane)
  }
  if (draw < 76) {
    return makeCommand('react', actor, { message, emoji, on: random.int(3) > 0, ...order }, lane)
  }
  if (draw < 80) {
    return makeCommand('delivered', actor, { conversation, seq: random.int(60) }, lane)
  }
  if (draw < 84) return makeCommand('read', actor, { conversation, seq: random.int(60) }, lane)
  if (draw < 85) {
    const kind = random.int(2) === 0 ? 'direct' : 'group'
    const members = random.shuffled(USERS).slice(0, random.int(4))
    return makeCommand('conversation.create', actor, { kind, members, ...order }, lane)
  }
  if (draw < 89) {
    const title = one(['One', 'Two'], 'One')
    return makeCommand('conversation.update', actor, { conversation, title, ...order }, lane)
  }
  if (draw < 94) return makeCommand('member.add', actor, { conversation, user, ...order }, lane)
  if (draw < 96) return makeCommand('member.remove', actor, { conversation, user, ...order }, lane)
  const role = one(['owner', 'admin', 'member'] as const, 'member')
  return makeCommand('member.role', actor, { conversation, user, role, ...order }, lane)
}

function makeFresh(world: World): string {
  return `again-${world.commands.length}`
}

/** What a store tells, by stream: grouping by transaction is its own affair. */
function toldBy(
  told: readonly CommittedStream[],
): Map<string, { entries: unknown[]; rewritten: unknown[] }> {
  const streams = new Map<string, { entries: unknown[]; rewritten: unknown[] }>()
  for (const { stream, entries, rewritten } of told) {
    const known = streams.get(stream) ?? { entries: [], rewritten: [] }
    known.entries.push(...entries)
    known.rewritten.push(...rewritten)
    streams.set(stream, known)
  }
  return streams
}

async function everything(store: Store, world: World): Promise<unknown> {
  const streams = [...world.conversations, ...USERS.map((user) => `user:${user}`)]
  return {
    streams: await Promise.all(
      streams.map((stream) =>
        store.entriesAfter({ stream, after: 0, limit: 10_000, maxBytes: AMPLE }),
      ),
    ),
    views: await Promise.all(
      USERS.flatMap((user) =>
        world.conversations.map(async (conversation) => [
          await store.history(user, { conversation, before: null, limit: 200, maxBytes: AMPLE }),
          await store.conversation(user, conversation),
          await store.isMember(conversation, user),
          await store.receipts(user, [conversation], 100),
        ]),
      ),
    ),
    heads: await Promise.all(
      USERS.map(async (user) => [...(await store.readableHeads(user))].sort()),
    ),
    relay: new Map(
      (await store.unrelayed(10_000)).map(({ stream, relayed, head }) => [stream, [relayed, head]]),
    ),
  }
}

test.each([1, 2, 3])('[V1] [V4] both stores answer and keep the same, seed %i', async (seed) => {
  const random = seeded(seed)
  const world: World = { conversations: [], messages: [], commands: [], now: 1_900_000_000_000 }
  const told = { sqlite: [] as CommittedStream[], postgres: [] as CommittedStream[] }
  const options = (name: 'sqlite' | 'postgres'): StoreOptions => ({
    now: () => world.now,
    editWindowMs: 60_000,
    onCommitted: (committed) => told[name].push(...committed),
    observer: { committed: () => undefined },
  })
  const sqlite = openSqliteStore(join(folder, `${seed}`), options('sqlite'))
  const postgres = await openPostgresStore(await server.createDatabase(), options('postgres'))
  const codes = new Map<string, number>()
  try {
    for (const store of [sqlite, postgres]) {
      for (const user of USERS) await store.createUser(newUser(user))
    }
    while (world.commands.length < COMMANDS) {
      // What is given in one go is decided together; ids that it makes can be named by what follows.
      const burst: AnyCommand[] = []
      for (let i = 1 + random.int(40); i > 0; i -= 1) {
        const command = drawCommand(random, world)
        burst.push(command)
        world.commands.push(command)
        if (command.op === 'send' && random.int(3) === 0) {
          world.messages.push({ id: command.freshId, author: command.actor })
        }
      }
      world.now += random.int(3_000)
      const give = (store: Store): Promise<Outcome[]> =>
        Promise.all(burst.map((command) => store.execute(command)))
      const [expected, actual] = await Promise.all([give(sqlite), give(postgres)])
      expect(actual).toEqual(expected)
      for (const [i, outcome] of expected.entries()) {
        const command = burst[i]
        const code = outcome.ok ? (outcome.duplicate ? 'duplicate' : 'ok') : outcome.error.code
        codes.set(code, (codes.get(code) ?? 0) + 1)
        if (!outcome.ok || command === undefined || outcome.duplicate) continue
        if (command.op === 'conversation.create') world.conversations.push(command.freshId)
        if (command.op === 'send') {
          world.messages.push({ id: command.freshId, author: command.actor })
        }
      }
    }
    expect(await everything(postgres, world)).toEqual(await everything(sqlite, world))
    expect(toldBy(told.postgres)).toEqual(toldBy(told.sqlite))
    // Every kind of answer came up often enough to mean something.
    for (const code of ['ok', 'duplicate', 'forbidden', 'not_found', 'conflict', 'gone']) {
      expect(codes.get(code) ?? 0, code).toBeGreaterThan(10)
    }
    for (const code of ['key_reused', 'out_of_order']) {
      expect(codes.get(code) ?? 0, code).toBeGreaterThan(5)
    }
  } finally {
    await Promise.all([sqlite.close(), postgres.close()])
  }
})
