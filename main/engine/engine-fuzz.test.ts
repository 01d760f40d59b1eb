import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { userStream } from '../../protocol/model/primitives.ts'
import { Hostile } from './test-support/hostile.ts'
import { TestBench } from './test-support/test-bench.ts'

/** Inputs of each seed; together 20,000. */
const INPUTS = 4_000
/** Inputs between two looks at what came of them. */
const BATCH = 25

let bench: TestBench

afterEach(() => bench.dispose())

/** How much is kept of all that came, by why. */
function keptByReason(): Map<string, number> {
  const db = new Database(bench.database, { readonly: true })
  const query = 'SELECT reason, count(*) AS count FROM kept GROUP BY reason'
  const rows = db.prepare<[], { reason: string; count: number }>(query).all()
  db.close()
  return new Map(rows.map(({ reason, count }) => [reason, count]))
}

/** What the user does meanwhile, so that there is something to reply to. */
async function act(conversation: string, hostile: Hostile, oldest: number): Promise<void> {
  const { handlers } = bench.engine
  const key = randomUUID()
  void handlers.sendMessage({ key, conversation, body: `mine ${key}` })
  const asked = handlers.getMessages({ conversation, limit: 30 })
  await bench.time.advance(20_000)
  const page = await asked
  const shown = page.ok ? page.value.messages : []
  const one = shown[hostile.below(Math.max(shown.length, 1))]
  if (one === undefined) return
  const operation = { conversation, message: one.key }
  void handlers.reactToMessage({ ...operation, key: randomUUID(), emoji: '🎉', on: true })
  if (one.own) void handlers.editMessage({ ...operation, key: randomUUID(), body: 'edited' })
  void handlers.getMessages({ conversation, before: oldest, limit: 50 })
  void handlers.findUsers({ query: 'b' })
}

test.each([1, 2, 3, 4, 5])(
  '[O9] after thousands of hostile events, pushes and replies (seed %i) it still sends and shows',
  { timeout: 30_000 },
  async (seed) => {
    bench = new TestBench()
    const { me, bob, conversation } = await bench.signedIn()
    const quiet = bench.server.createConversation(bob, 'Quiet', [me]).id
    const messages = Array.from({ length: 20 }, (_, i) =>
      bench.server.send(i % 4 === 0 ? me : bob, conversation, `message ${i}`),
    )
    await bench.time.advance(200)
    const hostile = new Hostile(seed, {
      people: [me, bob],
      conversation,
      messages: messages.map(({ id }) => id),
    })
    bench.line.fate = (request) => {
      if ('conversation' in request && request.conversation === quiet) return 'pass'
      if (!hostile.chance(4)) return 'pass'
      if (hostile.chance(3)) return { raw: { re: 1, ok: false, error: hostile.error() } }
      const answer = bench.server.take(me, request)
      return { raw: answer.ok ? { re: 1, ok: true, ...hostile.reply(answer.reply) } : {} }
    }

    for (let input = 0; input < INPUTS; input += 1) {
      if (hostile.chance(3)) bench.line.socket?.push(hostile.push())
      else {
        const stream = hostile.chance(5) ? userStream(me) : conversation
        bench.server.appendRaw(stream, bob, hostile.event())
      }
      if (input % BATCH === 0) await bench.time.advance(50)
      if (input % (BATCH * 8) === 0) {
        // What was said of the membership, too, may be a lie: the user writes on all the same.
        const back = { type: 'member.added', user: me, role: 'member' }
        bench.server.appendRaw(conversation, bob, back)
        await bench.time.advance(100)
        await act(conversation, hostile, 20)
      }
      if (input % (BATCH * 40) === 0) bench.line.socket?.close(4000 + hostile.below(300) + 500)
    }
    bench.line.fate = () => 'pass'
    await bench.time.advance(120_000)

    bench.server.send(bob, quiet, 'are you there?')
    for (const restart of [false, true]) {
      if (restart) await bench.killAndRestart()
      const answer = `yes ${restart}`
      await bench.send(quiet, answer)
      await bench.time.advance(5_000)
      expect(await bench.bodies(quiet)).toContain('are you there?')
      expect(bench.server.bodies(quiet)).toContain(answer)
      expect(await bench.message(quiet, messages[0]?.id ?? '')).toBeUndefined()
      expect((await bench.messages(conversation)).length).toBeGreaterThan(0)
      expect(await bench.state()).toMatchObject({
        session: { status: 'signed-in' },
        connection: { status: 'online' },
        storage: { status: 'ok' },
      })
    }
    const kept = keptByReason()
    expect(kept.get('threw')).toBeUndefined()
    expect(kept.get('misfit')).toBeGreaterThan(500)
    expect(kept.get('unknown_type')).toBeGreaterThan(100)
    expect(bench.server.requests.filter(({ op }) => op === 'send').length).toBeGreaterThan(10)
    expect((await bench.conversation(conversation))?.unreadable).toBeGreaterThan(500)
    const made = bench.logged.filter(({ message }) => message.includes('opened anew'))
    expect(made.map(({ fields }) => fields)).toEqual([])
  },
)
