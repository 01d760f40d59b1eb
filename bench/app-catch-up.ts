/**
 * `npm run bench -- app-catch-up`: the app comes back to 100,000 missed events [S6]. How long the main process is
 * busy at a stretch meanwhile, beside the same app with nothing to do, and how typing feels.
 */
import { expect, type Page } from 'playwright/test'
import { AppScene, applied, flood } from './lib/app-scene.ts'
import { type LoopDelays, watchEventLoop } from './lib/event-loop-delay.ts'
import { format, percentile } from './lib/statistics.ts'

const { FERRY_BENCH_EVENTS: events = '100000' } = process.env
const EVENTS = Number(events)
const IDLE_MS = 5_000
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Notes how long each typed letter takes to be drawn, in ms. */
async function watchTyping(page: Page) {
  return await page.evaluateHandle(() => {
    const latencies: number[] = []
    document.addEventListener('input', ({ timeStamp }) => {
      window.requestAnimationFrame(() => latencies.push(performance.now() - timeStamp))
    })
    return latencies
  })
}

/** Types words of a line's length, and begins anew, as long as it is not over. */
async function typeUntil(page: Page, isOver: () => boolean): Promise<void> {
  for (let letters = 1; !isOver(); letters += 1) {
    await page.keyboard.press(letters % 6 === 0 ? 'Space' : 'x', { delay: 30 })
    if (letters % 60 === 0) await page.keyboard.press('ControlOrMeta+A')
  }
}

async function measure(scene: AppScene) {
  const app = await scene.signUp('ada')
  const peer = await scene.peer('bo')
  const group = await peer.createGroup('Harbour', ['ada'])
  await app.sidebar.open('Harbour')
  scene.line.cut()
  await expect(app.connection.status).not.toHaveText('Online')
  say(`writing ${format(EVENTS)} messages`)
  const head = await flood(peer, group, EVENTS)
  await app.composer.box.focus()

  say('with nothing to do')
  const readIdle = await watchEventLoop(app.electron)
  const idleTyping = await watchTyping(app.page)
  const idleUntil = performance.now() + IDLE_MS
  await typeUntil(app.page, () => performance.now() > idleUntil)
  const idle = await readIdle()
  const idleLatencies = await idleTyping.jsonValue()

  say('catching up')
  scene.line.restore()
  const readBusy = await watchEventLoop(app.electron)
  const busyTyping = await watchTyping(app.page)
  const startedAt = performance.now()
  if (await app.connection.tryNow.isVisible()) await app.connection.tryNow.click()
  await app.composer.box.focus()
  const progress = { isOver: false }
  const caughtUp = applied(scene.database('ada'), group, head).then(() => {
    progress.isOver = true
  })
  await typeUntil(app.page, () => progress.isOver)
  await caughtUp
  const seconds = (performance.now() - startedAt) / 1000
  say(`caught up in ${format(seconds, 1)} s`)
  const busy = await readBusy()
  const busyLatencies = await busyTyping.jsonValue()
  return { idle, busy, idleLatencies, busyLatencies, seconds }
}

function row(name: string, delays: LoopDelays, typing: readonly number[]): string {
  const { p50, p99, max } = delays
  const loop = `${format(p50, 1)} | ${format(p99, 1)} | ${format(max, 1)}`
  const letters = `${format(percentile(typing, 0.5), 1)} | ${format(percentile(typing, 0.99), 1)}`
  return `| ${name} | ${loop} | ${letters} |`
}

const scene = await AppScene.create()
try {
  const { idle, busy, idleLatencies, busyLatencies, seconds } = await measure(scene)
  const lines = [
    `${format(EVENTS)} missed events caught up in ${format(seconds, 1)} s (${format(EVENTS / seconds)} a second)`,
    '',
    '| app | event loop of main, p50 ms | p99 ms | max ms | letter to frame, p50 ms | p99 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    row('offline, nothing to do', idle, idleLatencies),
    row('catching up', busy, busyLatencies),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await scene.dispose()
}
