/**
 * `npm run bench -- outbox-drain`: 1,000 messages written offline, and how long after the reconnect they have left the
 * outbox, reached a light client, and stand on another app's screen; all on this machine. Beside it, a client without
 * an outbox that sends the same number to the same server as fast as the server answers.
 */
import { expect } from 'playwright/test'
import type { FerryApp } from '../e2e/support/ferry-app.ts'
import type { Peer } from '../e2e/support/peer.ts'
import { AppScene, flood } from './lib/app-scene.ts'
import { format, median } from './lib/statistics.ts'

const MESSAGES = 1_000
const ROUNDS = 5
const GROUP = 'Harbour'
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Instants, in ms since the epoch by one clock. */
interface Drain {
  readonly reconnect: number
  readonly empty: number
  readonly arrived: number
  readonly shown: number
}

/** Hands messages to the app as its page does, as fast as it takes them: each is stored before the next. */
async function writeAll(app: FerryApp, conversation: string, bodies: readonly string[]) {
  await app.page.evaluate(
    async ({ to, texts }) => {
      const api = Reflect.get(window, 'ferry')
      for (const body of texts) {
        const answer = await api.sendMessage({
          key: crypto.randomUUID(),
          conversation: to,
          body,
        })
        if (!answer.ok) throw new Error(answer.failure.code)
      }
    },
    { to: conversation, texts: bodies },
  )
}

/** Watches from now on for an element whose text (or attribute) has `text` in it; the answer waits for that instant. */
async function watchFor(app: FerryApp, selector: string, attribute: string | null, text: string) {
  const watch = await app.page.evaluateHandle(
    ({ where, name, wanted }) => ({
      seen: new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          const isThere = [...document.querySelectorAll(where)].some((element) =>
            (name === null ? element.textContent : element.getAttribute(name))?.includes(wanted),
          )
          if (!isThere) return
          observer.disconnect()
          resolve(performance.timeOrigin + performance.now())
        })
        observer.observe(document.body, {
          subtree: true,
          childList: true,
          characterData: true,
          attributes: true,
        })
      }),
    }),
    { where: selector, name: attribute, wanted: text },
  )
  return () => watch.evaluate(({ seen }) => seen)
}

async function drain(
  scene: AppScene,
  {
    writer,
    reader,
    peer,
    group,
  }: { writer: FerryApp; reader: FerryApp; peer: Peer; group: string },
  round: number,
): Promise<Drain> {
  scene.line.cut()
  await expect(writer.connection.status).not.toHaveText('Online')
  const bodies = Array.from(
    { length: MESSAGES },
    (_, index) => `round ${round} number ${index + 1}.`,
  )
  await writeAll(writer, group, bodies)
  await expect(writer.outbox.button).toHaveAccessibleName(`Outbox (${MESSAGES})`)
  const total = peer.events(group).length + MESSAGES
  const arrived = peer
    .until(() => peer.events(group).length >= total)
    .then(() => performance.timeOrigin + performance.now())
  const reconnect = await watchFor(writer, '[role=status][aria-label=Connection]', null, 'Online')
  const empty = await watchFor(writer, '.outbox-button', 'aria-label', 'Outbox (0)')
  const shown = await watchFor(reader, 'article', null, bodies.at(-1) ?? '')
  scene.line.restore()
  if (await writer.connection.tryNow.isVisible()) await writer.connection.tryNow.click()
  return {
    reconnect: await reconnect(),
    empty: await empty(),
    arrived: await arrived,
    shown: await shown(),
  }
}

const scene = await AppScene.create()
try {
  const writer = await scene.signUp('ada')
  const reader = await scene.signUp('cleo', scene.server.url)
  const peer = await scene.peer('bo')
  const sender = await scene.peer('dan')
  const group = await peer.createGroup(GROUP, ['ada', 'cleo'])
  const other = await sender.createGroup('Pier', ['bo'])
  await writer.sidebar.open(GROUP)
  await reader.sidebar.open(GROUP)
  const drains: Drain[] = []
  const bare: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`)
    drains.push(await drain(scene, { writer, reader, peer, group }, round))
    const startedAt = performance.now()
    await flood(sender, other, MESSAGES)
    bare.push(performance.now() - startedAt)
  }
  const since = (pick: (drain: Drain) => number) =>
    format(median(drains.map((d) => pick(d) - d.reconnect)))
  const lines = [
    `${format(MESSAGES)} messages written offline; ms since the screen says "Online", medians of ${ROUNDS}`,
    '',
    '| | outbox empty on screen | all at a light client | last one on another app’s screen |',
    '| --- | ---: | ---: | ---: |',
    `| Ferry | ${since((d) => d.empty)} | ${since((d) => d.arrived)} | ${since((d) => d.shown)} |`,
    `| a client without an outbox, 64 at once | ${format(median(bare))} | | |`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  await scene.dispose()
}
