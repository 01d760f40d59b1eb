import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionView } from '../../protocol/ipc/views.ts'
import { FakeServer } from '../net/test-support/fake-server.ts'
import { openStore } from '../store/open-store.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { message, send, uuid } from '../store/test-support/samples.ts'
import { temporaryFolder } from '../store/test-support/temporary-folder.ts'
import type { Engine } from './engine-api.ts'
import { realEngine } from './test-support/real-engine.ts'
import { boundOn, watched } from './test-support/turn-cpu.ts'
import { DEFAULT_LIMITS } from './views/app-state.ts'

/** Longest turn of the event loop on a quiet machine, in ms of CPU [S6]. */
const LONGEST_MS = 50
const MANY = 9_999
const USER = { id: 'me', username: 'me', displayName: 'Me' }

let folder: ReturnType<typeof temporaryFolder>
let server: FakeServer
let engine: Engine
let boundMs: () => number

beforeEach(async () => {
  folder = temporaryFolder()
  server = await FakeServer.start()
})
afterEach(async () => {
  await engine.close()
  await server.stop()
  folder.remove()
})

/** A profile as it was left: signed in, or not any more. */
async function openProfile(fill: (store: ProfileStore) => void): Promise<void> {
  const opened = openStore(join(folder.path, 'ferry.db'), () => Date.now())
  if (!opened.ok) throw opened.error
  const { store } = opened
  store.transaction(() => {
    const account = { user: USER, session: 'signed-in', limits: DEFAULT_LIMITS } as const
    store.putSetting('account', { ...account, server: { kind: 'remote', url: server.url } })
    store.putSecret('token', new TextEncoder().encode('token'))
    store.putSetting('instance', 'one')
    store.putConversation({
      conversation: { id: 'c0', kind: 'group', title: 'Harbour', members: [] },
      member: true,
      readUpTo: 0,
    })
    fill(store)
  })
  store.close()
  engine = realEngine(folder.path)
  boundMs = boundOn(LONGEST_MS)
  await engine.start()
}

/** What one thing costs at most in a turn, until the screen was told how the connection is and the rest had its turns. */
async function longestUntil(
  connection: ConnectionView['status'],
  act: () => Promise<unknown>,
): Promise<number> {
  let turnsLeft = Number.POSITIVE_INFINITY
  const unsubscribe = engine.subscribe((event) => {
    if (event.type === 'state' && event.state.connection.status === connection) {
      turnsLeft = Math.min(turnsLeft, 20)
    }
  })
  const { longestMs } = await watched(act, () => {
    turnsLeft -= 1
    return turnsLeft <= 0
  })
  unsubscribe()
  return longestMs
}

describe.each([1, 5_000])('[S6] 9,999 that wait in %i conversations', (conversations) => {
  test('are signed out, signed in, sent and cut off with no turn over 50 ms', async () => {
    await openProfile((store) => {
      for (let n = 1; n <= MANY; n += 1) {
        store.putOperation(send(n, { conversation: `c${n % conversations}` }))
      }
    })
    const { handlers } = engine
    await handlers.getMessages({ conversation: 'c0', limit: 200 })
    const out = await longestUntil('signed-out', () => handlers.signOut(undefined))
    const { outbox } = await handlers.getState(undefined)
    expect(outbox).toMatchObject({ waiting: MANY, failed: 0 })
    const credentials = { serverUrl: server.url, username: 'me', password: 'password' }
    const back = await longestUntil('online', () => handlers.signIn(credentials))
    const cut = await longestUntil('offline', async () => {
      for (const socket of server.connected.all) socket.terminate()
    })
    expect(Math.max(out, back, cut)).toBeLessThan(boundMs())
  })
})

test('[S6] 5,000 own messages that a restored server lost come back with no turn over 50 ms', async () => {
  server.hello = {
    heads: { c0: 1, 'user:me': 0 },
    server: { version: '1', editWindowMs: 1, maxBodyBytes: 16_384, instance: 'two' },
  }
  await openProfile((store) => {
    for (let seq = 1; seq <= 5_000; seq += 1) {
      store.putMessage(message(seq, { conversation: 'c0', author: 'me', key: uuid(seq) }))
    }
    store.putCursor('c0', { applied: 5_000, floor: 0 })
  })
  let failed = 0
  engine.subscribe((event) => {
    if (event.type === 'state') ({ failed } = event.state.outbox)
  })
  const { longestMs } = await watched(
    async () => undefined,
    () => failed >= 4_999,
  )
  expect(longestMs).toBeLessThan(boundMs())
})
