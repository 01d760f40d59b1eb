/**
 * `npm run bench -- click-to-screen`: from Enter (or a click on Send) in one app to the message on the screen of another
 * one, both on this machine, one message at a time. Beside it the least that two windows can do: pages that send to a
 * bare relay and append what comes, without an outbox, a store or main in between; turn by turn.
 */
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { _electron, type ElectronApplication, type Page } from 'playwright/test'
import { childEnvironment } from '../e2e/support/project.ts'
import { AppScene } from './lib/app-scene.ts'
import { comparePageClock } from './lib/page-clock.ts'
import { type PinnedProcess, startPinned } from './lib/pinned-process.ts'
import { ScreenWatch } from './lib/screen-watch.ts'
import { format, percentile } from './lib/statistics.ts'

const { FERRY_BENCH_MESSAGES: messages = '300' } = process.env
const MESSAGES = Number(messages)
/** Messages that one of the two sends before it is the other's turn. */
const TURN = 25
/** Messages before those that count: what runs for the first time is compiled. */
const WARM_UP = 20
/** Pause after a message, in ms: a person's, and no multiple of a frame. */
const PAUSE_MS = { least: 150, most: 350 }
const GROUP = 'Harbour'
const say = (line: string) => process.stderr.write(`${line}\n`)

/** A page and how to read its instants. */
interface Side {
  readonly page: Page
  readonly watch: ScreenWatch
  /** What to add to its instants, in ms. */
  readonly offset: number
}

/** From the press, in ms. */
interface Passage {
  readonly ownInserted: number
  readonly ownPainted: number
  readonly inserted: number
  readonly frame: number
  readonly painted: number
}

interface Pair {
  readonly name: string
  readonly writer: Side
  readonly reader: Side
  readonly passages: Passage[]
}

async function sideOf(page: Page): Promise<Side> {
  const watch = await ScreenWatch.install(page)
  const { offset, error } = await comparePageClock(page)
  say(`clock of a page: ${format(offset, 2)} ms off, give or take ${format(error, 2)} ms`)
  return { page, watch, offset }
}

/** Writes a message, sends it with Enter or the button in turn, and waits for it on both screens. */
async function pass({ writer, reader }: Pair, text: string, number: number): Promise<Passage> {
  await writer.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text)
  await writer.watch.expect(text)
  await reader.watch.expect(text)
  if (number % 2 === 0) await writer.page.keyboard.press('Enter')
  else await writer.page.getByRole('button', { name: 'Send', exact: true }).click()
  const there = await reader.watch.appeared()
  const own = await writer.watch.appeared()
  const pressed = await writer.watch.pressed()
  const between = reader.offset - (pressed + writer.offset)
  return {
    ownInserted: own.inserted - pressed,
    ownPainted: own.painted - pressed,
    inserted: there.inserted + between,
    frame: there.frame + between,
    painted: there.painted + between,
  }
}

async function ferryPair(scene: AppScene): Promise<Pair> {
  const writer = await scene.signUp('ada', scene.server.url)
  const reader = await scene.signUp('cleo', scene.server.url)
  const peer = await scene.peer('bo')
  await peer.createGroup(GROUP, ['ada', 'cleo'])
  for (const app of [writer, reader]) {
    await app.sidebar.open(GROUP)
    await app.composer.box.waitFor()
  }
  const [one, other] = [await sideOf(writer.page), await sideOf(reader.page)]
  return { name: 'Ferry', writer: one, reader: other, passages: [] }
}

async function bareWindow(scene: AppScene, profile: string, relay: string) {
  const app = await _electron.launch({
    executablePath: scene.electron,
    args: [
      `--user-data-dir=${scene.profileDir(profile)}`,
      join(import.meta.dirname, 'peers', 'bare-chat'),
    ],
    env: childEnvironment({ FERRY_BENCH_RELAY: relay }),
  })
  const page = await app.firstWindow()
  await page.waitForFunction(() => document.title === 'Joined')
  return { app, page }
}

function row(name: string, passages: readonly Passage[]): string {
  const cell = (pick: (passage: Passage) => number) => {
    const values = passages.map(pick)
    return `${format(percentile(values, 0.5), 1)} / ${format(percentile(values, 0.99), 1)}`
  }
  const parts = [
    cell((passage) => passage.ownInserted),
    cell((passage) => passage.ownPainted),
    cell((passage) => passage.inserted),
    cell((passage) => passage.frame),
    cell((passage) => passage.painted),
  ]
  return `| ${name} | ${parts.join(' | ')} |`
}

function ratios(one: readonly Passage[], other: readonly Passage[]): string {
  const part = (pick: (passage: Passage) => number) => {
    const ratio = (p: number) => percentile(one.map(pick), p) / percentile(other.map(pick), p)
    return `${format(ratio(0.5), 2)} x / ${format(ratio(0.99), 2)} x`
  }
  const cells = [
    part((passage) => passage.ownInserted),
    part((passage) => passage.ownPainted),
    part((passage) => passage.inserted),
    part((passage) => passage.frame),
    part((passage) => passage.painted),
  ]
  return `| Ferry / bare | ${cells.join(' | ')} |`
}

const scene = await AppScene.create()
const windows: ElectronApplication[] = []
let relay: PinnedProcess | null = null
try {
  const ferry = await ferryPair(scene)
  relay = await startPinned(0, [join(import.meta.dirname, 'peers', 'relay-server.ts')])
  const pages: Page[] = []
  for (const profile of ['bare-1', 'bare-2']) {
    const { app, page } = await bareWindow(scene, profile, relay.url)
    windows.push(app)
    pages.push(page)
  }
  const [first, second] = pages
  if (first === undefined || second === undefined) throw new Error('two windows were started')
  const bare: Pair = {
    name: 'two bare windows, bare relay',
    writer: await sideOf(first),
    reader: await sideOf(second),
    passages: [],
  }
  for (let done = -WARM_UP; done < MESSAGES; done += TURN) {
    say(`message ${Math.max(done, 0)} of ${MESSAGES}`)
    for (const pair of [bare, ferry]) {
      for (let number = done; number < Math.min(done + TURN, MESSAGES); number += 1) {
        const text = `Message ${number + WARM_UP}: the ferry leaves at ${number % 24} from pier 3`
        const passage = await pass(pair, text, number)
        if (number >= 0) pair.passages.push(passage)
        await rest(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
      }
    }
  }
  const lines = [
    `${format(MESSAGES)} messages, one at a time; ms since the press, p50 / p99`,
    '',
    '| | own, in the document | own, painted | other’s, in the document | its frame begins | painted |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    row(bare.name, bare.passages),
    row(ferry.name, ferry.passages),
    ratios(ferry.passages, bare.passages),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await Promise.all(windows.map((app) => app.close()))
  await relay?.stop()
  await scene.dispose()
}
