/**
 * `npm run bench -- scroll`: how evenly a long conversation scrolls. With 100,000 messages stored, the wheel is turned
 * upwards through some thousands of them; the time from one frame to the next, beside the same window at rest.
 */
import type { JSHandle, Page } from 'playwright/test'
import type { FerryApp } from '../e2e/support/ferry-app.ts'
import { AppScene, applied, flood } from './lib/app-scene.ts'
import { format, percentile } from './lib/statistics.ts'

const { FERRY_BENCH_MESSAGES: stored = '100000', FERRY_BENCH_SCROLLED: scrolled = '5000' } =
  process.env
const STORED = Number(stored)
const SCROLLED = Number(scrolled)
const IDLE_MS = 5_000
/** How far one turn of the wheel goes, in px: a brisk reader, looking for something. */
const TURN_PX = 500
/** How long the whole way may take before it counts as stuck, in ms. */
const PATIENCE_MS = 120_000
/** The design's bound for a frame, in ms. */
const BOUND_MS = 50
const say = (line: string) => process.stderr.write(`${line}\n`)

interface FrameWatch {
  /** From one frame to the next, in ms. */
  readonly frames: number[]
  /** Tasks of the page's own that kept it busy for more than 50 ms, in ms. */
  readonly longTasks: number[]
  on: boolean
}

/** Notes every frame from now on. */
function watchFrames(page: Page): Promise<JSHandle<FrameWatch>> {
  return page.evaluateHandle(() => {
    const watch: FrameWatch = { frames: [], longTasks: [], on: true }
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longTasks.push(duration)
    })
    observer.observe({ type: 'longtask' })
    let before: number | null = null
    const onFrame = (now: number): void => {
      if (before !== null) watch.frames.push(now - before)
      before = now
      if (watch.on) window.requestAnimationFrame(onFrame)
      else observer.disconnect()
    }
    window.requestAnimationFrame(onFrame)
    return watch
  })
}

async function frames(watch: JSHandle<FrameWatch>): Promise<FrameWatch> {
  return watch.evaluate((noted) => {
    noted.on = false
    return noted
  })
}

/** The number of the uppermost message in the document; they are numbered as they were written. */
async function topMessage(app: FerryApp): Promise<number> {
  // Not by its role: working that out for every element would be the longest task of the page.
  const text = await app.page.evaluate(() => document.querySelector('article')?.textContent)
  return Number(/Message (\d+):/.exec(text ?? '')?.[1] ?? Number.NaN)
}

/** Turns the wheel until `SCROLLED` messages have passed; resolves with how many there were. */
async function scrollUp(app: FerryApp): Promise<number> {
  const from = await topMessage(app)
  const until = performance.now() + PATIENCE_MS
  let passed = 0
  for (let turn = 1; passed < SCROLLED; turn += 1) {
    if (performance.now() > until) throw new Error(`stuck after ${passed} messages`)
    await app.page.mouse.wheel(0, -TURN_PX)
    if (turn % 10 === 0) passed = from - (await topMessage(app))
  }
  return passed
}

const over = (durations: readonly number[]): number =>
  durations.filter((duration) => duration > BOUND_MS).length

function row(name: string, { frames: noted, longTasks }: FrameWatch): string {
  const parts = [percentile(noted, 0.5), percentile(noted, 0.99), Math.max(...noted)]
  const figures = parts.map((ms) => format(ms, 1)).join(' | ')
  const longest = longTasks.length === 0 ? 'none' : format(Math.max(...longTasks), 1)
  return `| ${name} | ${format(noted.length)} | ${figures} | ${over(noted)} | ${longest} |`
}

const scene = await AppScene.create()
try {
  const app = await scene.signUp('ada')
  const peer = await scene.peer('bo')
  const group = await peer.createGroup('Harbour', ['ada'])
  await app.sidebar.open('Harbour')
  say(`writing ${format(STORED)} messages`)
  const head = await flood(peer, group, STORED)
  await applied(scene.database('ada'), group, head)
  // Read to the end, so that it opens there.
  await app.page.evaluate((read) => window.ferry.markRead(read), { conversation: group, seq: head })
  // As it is met by someone who starts the app, and not in the middle of a flood.
  await app.quit()
  const again = await scene.launch('ada')
  await again.sidebar.open('Harbour')
  await again.conversation.messages.last().waitFor()

  say('at rest')
  const resting = await watchFrames(again.page)
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const rest = await frames(resting)
  say('scrolling')
  await again.conversation.log.hover()
  const moving = await watchFrames(again.page)
  const startedAt = performance.now()
  const passed = await scrollUp(again)
  const seconds = (performance.now() - startedAt) / 1_000
  const scroll = await frames(moving)
  const lines = [
    `${format(STORED)} messages stored; ${format(passed)} scrolled through in ${format(seconds, 1)} s`,
    '',
    '| window | frames | p50 ms | p99 ms | max ms | over 50 ms | longest task, ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    row('at rest', rest),
    row('scrolling up', scroll),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await scene.dispose()
}
