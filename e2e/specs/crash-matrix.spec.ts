import type { FrameProxy, RequestFrame } from '../support/frame-proxy.ts'
import { expect, type Harbour, numbered, test } from '../support/harbour.ts'

/** Kills at each step. */
const { FERRY_CRASH_ROUNDS: rounds = '10' } = process.env
const ROUNDS = Number(rounds)
/** How often the database is looked at, in ms. */
const LOOKS = { intervals: [2, 5, 10, 20] }

interface Step {
  readonly name: string
  /** Writes `body` and returns when the app has come exactly this far with it. */
  readonly reach: (harbour: Harbour, line: FrameProxy, body: string) => Promise<void>
}

/** The life of a message, cut off at every place; what is held back at the line never arrives. */
const STEPS: readonly Step[] = [
  {
    name: 'after the key was pressed',
    reach: async ({ app, database }, _line, body) => {
      await app.composer.box.fill(body)
      await expect.poll(() => database.hasDraft(body), LOOKS).toBe(true)
      await app.page.keyboard.down('Enter')
    },
  },
  {
    name: 'after the row was written, before the frame left',
    reach: async ({ app, database }, line, body) => {
      line.refuse()
      await app.composer.send(body)
      expect(database.hasOperation(body)).toBe(true)
    },
  },
  {
    name: 'after the frame left, before it arrived',
    reach: async ({ app }, line, body) => {
      line.rules = { request: ({ op }) => (op === 'send' ? 'swallow' : 'pass') }
      await app.composer.send(body)
      await expect
        .poll(() =>
          isAmong(
            line.requests.map(({ frame }) => frame),
            body,
          ),
        )
        .toBe(true)
    },
  },
  {
    name: 'after it arrived, before anything came back',
    reach: async ({ app }, line, body) => {
      line.rules = { answer: () => 'swallow' }
      await app.composer.send(body)
      await expect.poll(() => isAmong(line.unheard, body)).toBe(true)
    },
  },
  {
    name: 'after its event was stored, before the answer',
    reach: async ({ app, database }, line, body) => {
      line.rules = { answer: ({ kind }) => (kind === 'reply' ? 'swallow' : 'pass') }
      await app.composer.send(body)
      await expect.poll(() => database.hasMessage(body), LOOKS).toBe(true)
    },
  },
  {
    name: 'at the instant of the answer',
    reach: async ({ app }, line, body) => {
      await app.composer.box.fill(body)
      await app.composer.box.press('Enter')
      await expect.poll(() => isAmong(line.answered, body), LOOKS).toBe(true)
    },
  },
  {
    name: 'after the answer was stored, before the cursor',
    reach: async ({ app, database, group }, line, body) => {
      const before = database.cursor(group)
      line.rules = { answer: ({ kind }) => (kind === 'push' ? 'swallow' : 'pass') }
      await app.composer.send(body)
      await expect.poll(() => database.hasMessage(body), LOOKS).toBe(true)
      await expect.poll(() => database.hasOperation(body), LOOKS).toBe(false)
      expect(database.cursor(group)).toBe(before)
    },
  },
  {
    name: 'after the cursor was stored',
    reach: async ({ app, database, group }, _line, body) => {
      const before = database.cursor(group)
      await app.composer.send(body)
      await expect.poll(() => database.cursor(group), LOOKS).toBe(before + 1)
    },
  },
]

for (const { name, reach } of STEPS) {
  test(`[O1] [O2] [O3] killed ${name}, ${ROUNDS} times: every message arrives once and in order`, async ({
    frameProxy,
    enter,
  }) => {
    test.setTimeout(60_000 + ROUNDS * 30_000)
    const harbour = await enter(frameProxy.url)
    const written: string[] = []
    let typedAgain = 0
    for (let round = 1; round <= ROUNDS; round += 1) {
      const [body = '', next = ''] = numbered('crash', 2, 2 * round)
      await reach(harbour, frameProxy, body)
      await harbour.app.kill()
      frameProxy.restore()
      await harbour.restart()
      if ((await whereIs(harbour, body)) === 'box') {
        await harbour.app.composer.box.press('Enter')
        typedAgain += 1
      }
      await harbour.app.composer.send(next)
      written.push(body, next)
      await harbour.expectAllOnce(written)
      await expect(harbour.app.composer.box).toHaveValue('')
    }
    const arrived = harbour.peer.bodies(harbour.group)
    process.stdout.write(
      `killed ${name}: ${ROUNDS} kills, ${written.length} messages written, ${arrived.length} arrived, ` +
        `${new Set(arrived).size} of them different, ${typedAgain} found in the box after the restart\n`,
    )
  })
}

/** Where a text is after a restart: in the log, or back in the box as if the key had never been pressed; never both. */
async function whereIs({ app }: Harbour, body: string): Promise<'log' | 'box'> {
  const places = async () => {
    const inLog = await app.conversation.message(body).count()
    const inBox = (await app.composer.box.inputValue()) === body
    return [...Array.from({ length: inLog }, () => 'log'), ...(inBox ? ['box'] : [])]
  }
  await expect.poll(places).toHaveLength(1)
  return (await places())[0] === 'box' ? 'box' : 'log'
}

function isAmong(frames: readonly RequestFrame[], body: string): boolean {
  return frames.some((frame) => frame.op === 'send' && frame.body === body)
}
