/**
 * `npm run bench -- soak`: 100,000 failed transmissions, that is new messages, automatic waits, Retry and "Retry all",
 * and Discard at the end of each wave, over 25 conversations, in the real app with its window open. What its two
 * processes hold afterwards is within 10 % of what they held before, or this ends with code 1.
 */
import type { JSHandle } from 'playwright/test'
import type { FerryApp } from '../e2e/support/ferry-app.ts'
import { FrameProxy } from '../e2e/support/frame-proxy.ts'
import type { FerryApi } from '../protocol/ipc/api.ts'
import type { OutboxItem } from '../protocol/ipc/views.ts'
import { type AppMemory, COLLECTABLE, measureMemory } from './lib/app-memory.ts'
import { AppScene } from './lib/app-scene.ts'
import { format } from './lib/statistics.ts'

const { FERRY_SOAK_SENDS: sends = '100000' } = process.env
const SENDS = Number(sends)
const WARM_UP = 5_000
const GROUPS = 25
const MESSAGES_A_GROUP = 12
/** Looks in between, the first and the last not counted. */
const LOOKS = 4
/** Growth that is none. */
const TOLERANCE = 0.1
const say = (line: string) => process.stderr.write(`${line}\n`)

/** What the user does, as the page does it; each resolves when the outbox has come to rest. */
interface Hand {
  write(groups: readonly string[], messagesEach: number): Promise<void>
  retryAll(): Promise<void>
  retryWaiting(): Promise<void>
  discardAll(): Promise<void>
}

function takeHand(app: FerryApp): Promise<JSHandle<Hand>> {
  return app.page.evaluateHandle((): Hand => {
    const api: FerryApi = Reflect.get(window, 'ferry')
    const all = async () => (await api.listOutbox({ limit: 500 })).items
    /** At rest: each conversation's first one failed, or waits for its next attempt and holds up those behind it. */
    const isAtRest = (items: readonly OutboxItem[]) => {
      const heads = new Map(items.toReversed().map((item) => [item.conversation.id, item]))
      const isHeld = ({ conversation }: OutboxItem) =>
        heads.get(conversation.id)?.status.state === 'waiting'
      return items.every((item) => item.status.state === 'failed' || isHeld(item))
    }
    const atRest = () =>
      new Promise<void>((resolve) => {
        const look = async () => {
          if (!isAtRest(await all())) return
          leave()
          resolve()
        }
        const leave = api.subscribe(({ type }) => {
          if (type === 'outbox') void look()
        })
        void look()
      })
    return {
      async write(groups, messagesEach) {
        for (let number = 1; number <= messagesEach; number += 1) {
          await Promise.all(
            groups.map((conversation) =>
              api.sendMessage({
                key: crypto.randomUUID(),
                conversation,
                body: `Number ${number}: the ferry leaves, but not today`,
              }),
            ),
          )
        }
        await atRest()
      },
      async retryAll() {
        await api.retryAll()
        await atRest()
      },
      async retryWaiting() {
        const waiting = (await all()).filter(({ status }) => status.state === 'waiting')
        await Promise.all(waiting.map(({ key }) => api.retryOperation({ key })))
        await atRest()
      },
      async discardAll() {
        await Promise.all((await all()).map(({ key }) => api.discardOperation({ key })))
        const left = await all()
        if (left.length > 0) throw new Error(`${left.length} operations cannot be discarded`)
      },
    }
  })
}

/** A server that takes no message, and counts how often it was asked. */
class Refusal {
  readonly #line: FrameProxy
  count = 0

  constructor(line: FrameProxy) {
    this.#line = line
    this.answer('forbidden')
  }

  answer(code: 'forbidden' | 'unavailable'): void {
    this.#line.rules = {
      request: ({ op }) => {
        if (op !== 'send') return 'pass'
        this.count += 1
        return { code }
      },
    }
    this.#line.requests.length = 0
  }
}

/** One wave: all fail for good, are retried, meet a server that is not available, are retried, fail again, and are discarded. */
async function wave(hand: JSHandle<Hand>, refusal: Refusal, groups: readonly string[]) {
  refusal.answer('forbidden')
  await hand.evaluate((h, { to, each }) => h.write(to, each), {
    to: groups,
    each: MESSAGES_A_GROUP,
  })
  for (let again = 0; again < 3; again += 1) await hand.evaluate((h) => h.retryAll())
  refusal.answer('unavailable')
  await hand.evaluate((h) => h.retryAll())
  for (let again = 0; again < 3; again += 1) await hand.evaluate((h) => h.retryWaiting())
  // Only what the server has refused for good can be thrown away at once [O10].
  refusal.answer('forbidden')
  await hand.evaluate((h) => h.retryWaiting())
  await hand.evaluate((h) => h.discardAll())
}

interface Look {
  readonly after: number
  readonly memory: AppMemory
}

async function soak(scene: AppScene, line: FrameProxy): Promise<Look[]> {
  const app = await scene.signUp('ada', line.url, COLLECTABLE)
  const peer = await scene.peer('bo')
  const groups: string[] = []
  for (let number = 1; number <= GROUPS; number += 1) {
    groups.push(await peer.createGroup(`Pier ${number}`, ['ada']))
  }
  await app.sidebar.open(`Pier ${GROUPS}`)
  const hand = await takeHand(app)
  const refusal = new Refusal(line)
  const looks: Look[] = []
  const look = async () => {
    looks.push({ after: refusal.count, memory: await measureMemory(app) })
    say(row(looks.at(-1)))
  }
  const until = async (count: number) => {
    while (refusal.count < count) await wave(hand, refusal, groups)
  }
  await until(WARM_UP)
  await look()
  for (let part = 1; part <= LOOKS + 1; part += 1) {
    await until(WARM_UP + (SENDS * part) / (LOOKS + 1))
    await look()
  }
  return looks
}

const heldOf = ({ main, renderer }: AppMemory) => [
  main.memory,
  main.heap,
  renderer.memory,
  renderer.heap,
]

function row(look: Look | undefined): string {
  if (look === undefined) return ''
  const held = heldOf(look.memory).map((mib) => format(mib, 1))
  return `| ${[format(look.after), ...held].join(' | ')} |`
}

const scene = await AppScene.create()
const line = await FrameProxy.start(scene.server.url)
try {
  const startedAt = performance.now()
  const looks = await soak(scene, line)
  const seconds = (performance.now() - startedAt) / 1000
  const [before, after] = [looks[0]?.memory, looks.at(-1)?.memory]
  if (before === undefined || after === undefined) throw new Error('nothing was measured')
  const growth = heldOf(after).map((mib, index) => mib / (heldOf(before)[index] ?? 1) - 1)
  const percent = growth.map((part) => `${part < 0 ? '' : '+'}${format(part * 100, 1)} %`)
  const lines = [
    `${format(SENDS)} failed transmissions in ${format(seconds)} s; MiB after garbage collection`,
    '',
    '| after | main, private memory | JS heap | renderer, private memory | JS heap |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...looks.map(row),
    `| growth | ${percent.join(' | ')} |`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (growth.some((part) => part > TOLERANCE)) process.exitCode = 1
} finally {
  await line.stop()
  await scene.dispose()
}
