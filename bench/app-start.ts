/**
 * `npm run bench -- app-start`: from spawn to the conversation on screen with 100,000 messages stored, and the memory
 * after that, beside a bare Electron window; turn by turn, medians.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as rest } from 'node:timers/promises'
import { childEnvironment, PROJECT_FOLDER } from '../e2e/support/project.ts'
import { AppScene, applied, flood } from './lib/app-scene.ts'
import { treeMemory } from './lib/process-memory.ts'
import { format, median } from './lib/statistics.ts'

const MESSAGES = 100_000
const START_ROUNDS = 9
const MEMORY_ROUNDS = 3
/** How long a window rests before its memory is read, in ms. */
const REST_MS = 5_000
const PROFILE = 'ada'
const say = (line: string) => process.stderr.write(`${line}\n`)

interface Subject {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly startMs: number[]
  readonly memoryMiB: number[]
}

/** Starts a window; resolves when it is painted, with how long that took, in ms. */
async function start(electron: string, { args, env }: Subject, then: 'quit' | 'stay') {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const startedAt = Date.now()
  const child = spawn(electron, [...sandbox, ...args], {
    env: { ...childEnvironment(env), FERRY_REPORT_PAINTED: then },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const painted = /^PAINTED (\d+)/.exec(line)?.[1]
    if (painted !== undefined) return { child, ms: Number(painted) - startedAt }
  }
  throw new Error(`${args.join(' ')} ended before it was painted`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => child.once('exit', resolve))
}

/** A profile that has all messages, written by the app itself. */
async function storeMessages(scene: AppScene): Promise<void> {
  const app = await scene.signUp(PROFILE, scene.server.url)
  const peer = await scene.peer('bo')
  const group = await peer.createGroup('Harbour', [PROFILE])
  await app.sidebar.open('Harbour')
  const head = await flood(peer, group, MESSAGES)
  await applied(scene.database(PROFILE), group, head)
  await app.quit()
}

const scene = await AppScene.create()
try {
  const bare: Subject = {
    name: 'bare Electron window',
    args: [
      `--user-data-dir=${scene.profileDir('bare')}`,
      join(import.meta.dirname, 'peers', 'bare-window'),
    ],
    env: {},
    startMs: [],
    memoryMiB: [],
  }
  const ferry: Subject = {
    name: `Ferry, ${format(MESSAGES)} messages stored`,
    args: [`--user-data-dir=${scene.profileDir(PROFILE)}`, PROJECT_FOLDER],
    env: { FERRY_SERVER_URL: scene.server.url },
    startMs: [],
    memoryMiB: [],
  }
  say(`storing ${format(MESSAGES)} messages`)
  await storeMessages(scene)
  // The first start of each makes its profile, and what is cached in it: it is not counted.
  for (let round = 0; round <= START_ROUNDS; round += 1) {
    say(`start ${round} of ${START_ROUNDS}`)
    for (const subject of [bare, ferry]) {
      const { child, ms } = await start(scene.electron, subject, 'quit')
      if (round > 0) subject.startMs.push(ms)
      await ended(child)
    }
  }
  for (let round = 1; round <= MEMORY_ROUNDS; round += 1) {
    say(`memory ${round} of ${MEMORY_ROUNDS}`)
    for (const subject of [bare, ferry]) {
      const { child } = await start(scene.electron, subject, 'stay')
      await rest(REST_MS)
      subject.memoryMiB.push(treeMemory(child.pid ?? 0))
      child.kill('SIGTERM')
      await ended(child)
    }
  }
  const middle = ({ startMs, memoryMiB }: Subject) => ({
    ms: median(startMs),
    mib: median(memoryMiB),
  })
  const row = (subject: Subject) => {
    const { ms, mib } = middle(subject)
    const fastest = Math.min(...subject.startMs)
    return `| ${subject.name} | ${format(ms)} | ${format(fastest)} | ${format(mib)} |`
  }
  const [one, other] = [middle(ferry), middle(bare)]
  const lines = [
    '| | spawn to first frame with content, ms | fastest | memory (PSS) after 5 s, MiB |',
    '| --- | ---: | ---: | ---: |',
    row(bare),
    row(ferry),
    `| Ferry / bare | ${format(one.ms / other.ms, 2)} x | ${format(Math.min(...ferry.startMs) / Math.min(...bare.startMs), 2)} x | ${format(one.mib / other.mib, 2)} x |`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await scene.dispose()
}
