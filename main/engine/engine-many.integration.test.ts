import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { transportFactory } from '../net/transport.ts'
import { temporaryFolder } from '../store/test-support/temporary-folder.ts'
import { createEngine } from './engine.ts'
import type { Engine } from './engine-api.ts'
import type { HostPorts } from './ports.ts'
import { TurnCpu } from './test-support/turn-cpu.ts'

/** Longest turn of the event loop, in ms of CPU [S6]. */
const LONGEST_MS = 50
const USER = { id: 'me', username: 'me', displayName: 'Me' }
const SERVER = new URL('./test-support/many-conversations.ts', import.meta.url)
const none = () => undefined

const folder = temporaryFolder()
let server: Worker
let engine: Engine

afterEach(async () => {
  await engine.close()
  await server.terminate()
  folder.remove()
})

function makeEngine(profileDir: string): Engine {
  const host: HostPorts = {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    timers: {
      set(delayMs, callback) {
        const timer = setTimeout(callback, delayMs)
        return () => clearTimeout(timer)
      },
      defer(callback) {
        const immediate = setImmediate(callback)
        return () => clearImmediate(immediate)
      },
    },
    random: () => 0,
    bundledServer: {
      start: () => Promise.reject(new Error('none here')),
      stop: async () => undefined,
      onUnexpectedExit: () => none,
    },
    secretBox: {
      seal: (plain) => new TextEncoder().encode(plain),
      open: (sealed) => new TextDecoder().decode(sealed),
    },
    serverUrlOverride: null,
    profileDir,
    logger: { debug: none, info: none, warn: none, error: none },
    platform: 'linux',
  }
  const { clock, timers, random } = host
  const session = { token: 'token', expiresAt: '2036-01-01T00:00:00.000Z', user: USER }
  const refuse = async () => ({ ok: false as const, failure: { kind: 'timeout' as const } })
  const accounts = { createAccount: refuse, deleteSession: refuse }
  return createEngine(host, {
    network: {
      transport: transportFactory({ clock, timers, random, report: none }),
      accounts: { ...accounts, createSession: async () => ({ ok: true, value: session }) },
    },
  })
}

/** Lets the engine work until `isDone`; what it took, in ms of CPU. */
async function watched(start: () => Promise<unknown>, isDone: () => boolean) {
  const cpu = new TurnCpu()
  cpu.start()
  await start()
  while (!isDone()) await wait(10)
  return cpu.stop()
}

/** Signs in, and comes back to a missed message in each conversation. */
async function measure(count: number) {
  server = new Worker(SERVER, { workerData: { count } })
  const [serverUrl] = await once(server, 'message')
  engine = makeEngine(folder.path)
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
  const { signIn, catchUp } = await measure(10_000)
  expect(catchUp.longestMs).toBeLessThan(LONGEST_MS)
  expect(signIn.longestMs).toBeLessThan(LONGEST_MS)
})
