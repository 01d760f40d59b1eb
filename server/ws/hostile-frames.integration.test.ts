import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { ReplyEnvelope } from '../../protocol/wire/reply.ts'
import {
  type DrawnFrame,
  drawFrame,
  drawHello,
  type Known,
} from '../test-support/hostile-frames.ts'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { type Seeded, seeded } from '../test-support/seeded.ts'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

/** Sockets that are hostile side by side, so that their changes share commits. */
const SOCKETS = 6
/** Frames of one socket that go out before their replies are waited for. */
const GROUP = 200

/** What closes a line that sends such frames: noise, a token that is nobody's, much before its hello. */
const DOCUMENTED: ReadonlySet<number> = new Set([
  CloseCode.notTheProtocol,
  CloseCode.unauthenticated,
  CloseCode.tryAgainLater,
])

let server: ServerProcess | null = null
let postgres: PostgresServer | null = null
afterEach(async () => {
  await server?.dispose()
  await postgres?.dispose()
  server = null
  postgres = null
})

/** What came of the frames. */
class Tally {
  readonly codes = new Map<string, number>()
  readonly closes = new Set<number>()
  /** Replies to nothing that was asked. */
  readonly strays: string[] = []

  count(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1)
  }
}

/** One socket that owes a reply for each frame that it was sent, or closes. */
class Line {
  readonly #socket: WebSocket
  readonly #closed: Promise<number>
  readonly #owed = new Set<number>()
  readonly #tally: Tally
  /** Whether anything was granted yet: its hello, first. */
  isGreeted = false
  #whenAnswered: () => void = () => undefined

  private constructor(url: string, tally: Tally) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`)
    this.#closed = new Promise((resolve) => this.#socket.on('close', resolve))
    this.#tally = tally
    this.#socket.on('message', (data) => this.#take(String(data)))
  }

  static async open(url: string, tally: Tally): Promise<Line> {
    const line = new Line(url, tally)
    await once(line.#socket, 'open')
    return line
  }

  send({ id, text }: DrawnFrame): void {
    if (id !== null) this.#owed.add(id)
    this.#socket.send(text)
  }

  /** Resolves when everything is answered (true), or the line was closed. */
  async settled(): Promise<boolean> {
    const answered = new Promise<void>((resolve) => {
      this.#whenAnswered = resolve
      if (this.#owed.size === 0) resolve()
    })
    // What needs no answer was read before this is.
    const read = once(this.#socket, 'pong')
    this.#socket.ping()
    const ended = await Promise.race([Promise.all([answered, read]), this.#closed])
    if (typeof ended !== 'number') return true
    this.#tally.closes.add(ended)
    return false
  }

  cut(): void {
    this.#socket.terminate()
  }

  #take(text: string): void {
    if (!text.startsWith('{"re":')) return
    const reply = ReplyEnvelope.parse(JSON.parse(text))
    if (reply.ok) this.isGreeted = true
    this.#tally.count(reply.ok ? 'ok' : reply.error.code)
    if (!this.#owed.delete(reply.re)) this.#tally.strays.push(text)
    if (this.#owed.size === 0) this.#whenAnswered()
  }
}

/** Sends hostile frames over one socket after the other. */
async function attack(url: string, known: Known, random: Seeded, frames: number, tally: Tally) {
  let id = 0
  while (id < frames) {
    const line = await Line.open(url, tally)
    do line.send(drawHello(random, ++id, known))
    while ((await line.settled()) && !line.isGreeted)
    while (id < frames && (await line.settled())) sendGroup(line, random, known, () => ++id)
    line.cut()
  }
}

function sendGroup(line: Line, random: Seeded, known: Known, nextId: () => number): void {
  for (let i = 0; i < GROUP; i++) {
    const frame = drawFrame(random, nextId(), known)
    line.send(frame)
    // It closes the line: what followed would be lost for the test.
    if (frame.id === null) return
  }
}

async function expectSurvival(attacked: ServerProcess, frames: number): Promise<void> {
  const [ann, bob, eve] = await Promise.all(
    ['ann', 'bob', 'eve'].map((name) => attacked.account(name)),
  )
  if (ann === undefined || bob === undefined || eve === undefined) throw new Error('no accounts')
  const writer = await WireClient.open(attacked.url, ann.token)
  const made = await writer.ask('conversation.create', { kind: 'group', members: [bob.user.id] })
  const conversation = made.conversation.id
  const reader = await WireClient.open(attacked.url, bob.token)
  const messages: string[] = []
  for (let i = 0; i < 40; i++) {
    messages.push((await writer.send(conversation, `message ${i}`)).message.id)
  }
  const known = { token: ann.token, conversation, messages, user: eve.user.id }
  const tally = new Tally()
  await Promise.all(
    Array.from({ length: SOCKETS }, (_, i) =>
      attack(attacked.url, known, seeded(frames + i), frames / SOCKETS, tally),
    ),
  )
  expect(tally.codes.get('internal')).toBeUndefined()
  expect(tally.codes.get('unavailable')).toBeUndefined()
  expect(tally.strays).toEqual([])
  expect(attacked.stderr).not.toContain('request failed')
  expect(tally.closes).toContain(CloseCode.notTheProtocol)
  expect([...tally.closes].filter((code) => !DOCUMENTED.has(code))).toEqual([])
  expect(tally.codes.get('ok')).toBeGreaterThan(frames / 20)
  expect(tally.codes.get('invalid')).toBeGreaterThan(frames / 20)
  const answered = [...tally.codes.values()].reduce((sum, count) => sum + count, 0)
  // A close leaves what was under way without an answer.
  expect(answered).toBeGreaterThan(frames / 2)
  // It still takes and delivers, and who looked on saw a whole stream.
  const { seq } = await writer.send(conversation, 'still here')
  await reader.reached(conversation, seq)
  expect(reader.log(conversation).at(-1)).toMatchObject({ message: { body: 'still here' } })
  expect(reader.anomalies).toEqual([])
  await writer.cut()
  await reader.cut()
}

test('[V7] 20,000 drawn frames: each is answered or closes, none is an internal error, the server goes on', async () => {
  server = await ServerProcess.start()
  await expectSurvival(server, 20_000)
})

test('[V7] 3,000 drawn frames do the same to a server on PostgreSQL', async () => {
  postgres = await startPostgres()
  const database = await postgres.createDatabase()
  server = await ServerProcess.start(['--rate-limit', '0', '--database', database])
  await expectSurvival(server, 3_000)
})
