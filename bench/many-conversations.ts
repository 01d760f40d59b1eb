/**
 * `npm run bench -- many-conversations`: an account with very many conversations [S6]. Signing in on a new profile, and
 * coming back to one missed message in each: how long it takes, and what the longest turn of the event loop works (CPU),
 * for a thousand, four thousand and ten thousand. The client's engine runs here without a window, so that the event loop
 * that is watched is its own; the server is a process of its own.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { PASSWORD } from '../e2e/support/bootstrap.ts'
import { FaultProxy } from '../e2e/support/fault-proxy.ts'
import { Peer } from '../e2e/support/peer.ts'
import { ServerProcess } from '../e2e/support/server-process.ts'
import { createEngine } from '../main/engine/engine.ts'
import { realHost } from '../main/engine/test-support/real-engine.ts'
import { TurnCpu } from '../main/engine/test-support/turn-cpu.ts'
import { format } from './lib/statistics.ts'

const { FERRY_BENCH_CONVERSATIONS: counts = '1000,4000,10000' } = process.env
/** Requests that the peer keeps under way. */
const WINDOW = 64
const LOOK_MS = 20
const say = (line: string) => process.stderr.write(`${line}\n`)
const none = () => undefined
const quiet = { debug: none, info: none, warn: none }

interface Figures {
  readonly seconds: number
  readonly longestMs: number
}

/** Does something `count` times, with a window of requests under way. */
async function many(count: number, once: (number: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) {
      next += 1
      await once(next)
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane))
}

/** How long it takes until `isDone`, and the longest turn meanwhile. */
async function watched(start: () => Promise<unknown>, isDone: () => boolean): Promise<Figures> {
  const turns = new TurnCpu()
  turns.start()
  const startedAt = performance.now()
  await start()
  while (!isDone()) await wait(LOOK_MS)
  const seconds = (performance.now() - startedAt) / 1000
  return { seconds, longestMs: turns.stop().longestMs }
}

async function measure(count: number): Promise<{ signIn: Figures; catchUp: Figures }> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-many-'))
  const server = await ServerProcess.start({
    ...{ dataDir: folder, logFile: join(folder, 'server.log'), port: 0 },
    flags: ['--rate-limit', '0'],
  })
  const line = await FaultProxy.start(server.port)
  const profile = await mkdtemp(join(folder, 'profile-'))
  const engine = createEngine(
    realHost(profile, { logger: { ...quiet, error: (_, text) => say(`error: ${text}`) } }),
  )
  try {
    say(`making ${format(count)} conversations`)
    const ada = await Peer.connect({ serverUrl: server.url, username: 'ada', account: 'new' })
    ada.close()
    const bo = await Peer.connect({ serverUrl: server.url, username: 'bo', account: 'new' })
    const ids: string[] = []
    await many(count, async (number) => {
      const group = { kind: 'group' as const, title: `Group ${number}`, members: [ada.user.id] }
      const { conversation } = await bo.ask('conversation.create', group)
      ids.push(conversation.id)
    })
    bo.close()

    say('signing in')
    await engine.start()
    const known = new Set<string>()
    engine.subscribe((event) => {
      if (event.type !== 'conversations') return
      for (const { id } of event.upserted) known.add(id)
    })
    const signIn = await watched(
      () => engine.handlers.signIn({ serverUrl: line.url, username: 'ada', password: PASSWORD }),
      () => known.size === count,
    )

    line.cut()
    await wait(500)
    const writer = await Peer.connect({
      ...{ serverUrl: server.url, username: 'bo', account: 'existing', device: randomUUID() },
    })
    await many(count, async (number) => {
      const conversation = ids[number - 1] ?? ''
      await writer.ask('send', { conversation, body: `missed in ${number}` })
    })
    writer.close()
    await wait(500)

    say('catching up')
    line.restore()
    const catchUp = await watched(
      () => engine.handlers.tryNow(undefined),
      () => engine.unreadTotal() === count,
    )
    return { signIn, catchUp }
  } finally {
    await engine.close()
    await line.stop()
    await server.kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const rows: string[] = []
for (const count of counts.split(',').map(Number)) {
  const { signIn, catchUp } = await measure(count)
  const cells = [signIn, catchUp].flatMap(({ seconds, longestMs }) => [
    format(seconds, 1),
    format((seconds * 1e6) / count),
    format(longestMs, 1),
  ])
  rows.push(`| ${format(count)} | ${cells.join(' | ')} |`)
}
process.stdout.write(
  `${[
    '| conversations | signed in, s | µs each | longest turn, ms of CPU | caught up, s | µs each | longest turn, ms of CPU |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')}\n`,
)
