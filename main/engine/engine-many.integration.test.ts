import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { temporaryFolder } from '../store/test-support/temporary-folder.ts'
import type { Engine } from './engine-api.ts'
import { realEngine } from './test-support/real-engine.ts'
import { boundOn, watched } from './test-support/turn-cpu.ts'

/** Longest turn of the event loop on a quiet machine, in ms of CPU [S6]. */
const LONGEST_MS = 50
const SERVER = new URL('./test-support/many-conversations.ts', import.meta.url)

const folder = temporaryFolder()
let server: Worker
let engine: Engine

afterEach(async () => {
  await engine.close()
  await server.terminate()
  folder.remove()
})

/** Signs in, and comes back to a missed message in each conversation. */
async function measure(count: number) {
  server = new Worker(SERVER, { workerData: { count } })
  const [serverUrl] = await once(server, 'message')
  engine = realEngine(folder.path)
  await engine.start()
  const told = new Set<string>()
  engine.subscribe((event) => {
    if (event.type === 'conversations') for (const { id } of event.upserted) told.add(id)
  })
  const credentials = { serverUrl: String(serverUrl), username: 'me', password: 'password' }
  const signIn = await watched(
    () => engine.handlers.signIn(credentials),
    () => told.size === count,
  )
  const catchUp = await watched(
    async () => {
      server.postMessage('cut')
      await wait(100)
      await engine.handlers.tryNow(undefined)
    },
    () => engine.unreadTotal() === count,
  )
  return { signIn, catchUp }
}

test('[S6] 10,000 conversations: signed in and caught up, with no turn over 50 ms', async () => {
  const boundMs = boundOn(LONGEST_MS)
  const { signIn, catchUp } = await measure(10_000)
  expect(Math.max(signIn.longestMs, catchUp.longestMs)).toBeLessThan(boundMs())
})
