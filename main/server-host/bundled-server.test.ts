import { beforeEach, expect, test, vi } from 'vitest'
import { ServerDataDamaged } from '../engine/server-data-damaged.ts'
import { createBundledServer } from './bundled-server.ts'
import { type ServerProcess, ServerStartFailed } from './server-run.ts'

/** A process that does what the test says. */
class FakeProcess implements ServerProcess {
  readonly posted: object[] = []
  killed = false
  appSecret = ''
  #onMessage: (message: unknown) => void = () => undefined
  #onExit: (code: number) => void = () => undefined
  onMessage(listener: (message: unknown) => void) {
    this.#onMessage = listener
  }
  onExit(listener: (code: number) => void) {
    this.#onExit = listener
  }
  post(message: object) {
    this.posted.push(message)
  }
  kill() {
    this.killed = true
    this.#onExit(137)
  }
  say(message: unknown) {
    this.#onMessage(message)
  }
  exit(code: number) {
    this.#onExit(code)
  }
}

/** Timers that a test moves by hand. */
class FakeTime {
  nowMs = 0
  #waiting: { at: number; callback: () => void }[] = []
  readonly clock = { monotonic: () => this.nowMs }
  readonly timers = {
    set: (delayMs: number, callback: () => void) => {
      const entry = { at: this.nowMs + delayMs, callback }
      this.#waiting.push(entry)
      return () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry)
      }
    },
  }
  pass(ms: number) {
    this.nowMs += ms
    const due = this.#waiting.filter(({ at }) => at <= this.nowMs)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.nowMs)
    for (const { callback } of due) callback()
  }
  /** Delays of the timers that wait, in ms. */
  get waits() {
    return this.#waiting.map(({ at }) => at - this.nowMs)
  }
}

const listening = { event: 'listening', url: 'http://127.0.0.1:4711' }
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

let time: FakeTime
let processes: FakeProcess[]
let server: ReturnType<typeof createBundledServer>

/** The newest process. */
function child(): FakeProcess {
  const last = processes.at(-1)
  if (last === undefined) throw new Error('nothing was forked')
  return last
}

let asides = 0

beforeEach(() => {
  time = new FakeTime()
  processes = []
  asides = 0
  server = createBundledServer({
    database: '/profile/server/server.db',
    setDataAside: () => {
      asides += 1
    },
    newSecret: () => `secret ${processes.length + 1}`,
    fork: (appSecret) => {
      const process = new FakeProcess()
      process.appSecret = appSecret
      processes.push(process)
      return process
    },
    clock: time.clock,
    timers: time.timers,
    logger: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  })
})

async function startNow() {
  const started = server.start()
  await turn()
  time.pass(0)
  child().say(listening)
  return started
}

test('it is started once, however often it is asked for', async () => {
  const first = server.start()
  const second = server.start()
  await turn()
  time.pass(0)
  child().say(listening)
  const address = { url: 'http://127.0.0.1:4711', appSecret: 'secret 1' }
  expect(await first).toEqual(address)
  expect(await second).toEqual(address)
  expect(await server.start()).toEqual(address)
  expect(processes).toHaveLength(1)
  expect(child().appSecret).toBe('secret 1')
})

test('an address that is not on this machine is not believed', async () => {
  const started = server.start()
  await turn()
  time.pass(0)
  child().say({ event: 'listening', url: 'http://example.org:80' })
  child().say('listening')
  child().exit(1)
  await expect(started).rejects.toThrow(ServerStartFailed)
})

test('a server that does not come up is killed and told, and the next start is a new process', async () => {
  const started = server.start()
  await turn()
  time.pass(0)
  time.pass(20_000)
  expect(child().killed).toBe(true)
  await expect(started).rejects.toThrow(ServerStartFailed)
  await startNow()
  expect(processes).toHaveLength(2)
})

test('a crash is told once, and starts again later and later', async () => {
  const crashed = vi.fn()
  server.onUnexpectedExit(crashed)
  for (const [index, delay] of [0, 0, 500, 1000, 2000].entries()) {
    const started = server.start()
    await turn()
    expect(time.waits).toEqual([delay])
    time.pass(delay)
    child().say(listening)
    await started
    child().exit(139)
    await turn()
    expect(crashed).toHaveBeenCalledTimes(index + 1)
  }
})

test('whoever stopped listening is not told', async () => {
  const crashed = vi.fn()
  server.onUnexpectedExit(crashed)()
  await startNow()
  child().exit(1)
  await turn()
  expect(crashed).not.toHaveBeenCalled()
})

test('stopping asks first, and is not a crash', async () => {
  const crashed = vi.fn()
  server.onUnexpectedExit(crashed)
  await startNow()
  const stopped = server.stop()
  expect(child().posted).toEqual([{ type: 'shutdown' }])
  child().exit(0)
  await stopped
  expect(child().killed).toBe(false)
  expect(crashed).not.toHaveBeenCalled()
  expect(time.waits).toEqual([])
})

test('a server that does not stop is killed after five seconds', async () => {
  await startNow()
  const stopped = server.stop()
  time.pass(4_999)
  expect(child().killed).toBe(false)
  time.pass(1)
  await stopped
  expect(child().killed).toBe(true)
})

test('stopping while it waits to be started leaves nothing behind', async () => {
  const started = server.start()
  const refused = expect(started).rejects.toThrow(ServerStartFailed)
  await turn()
  await server.stop()
  await refused
  expect(processes).toHaveLength(0)
  expect(time.waits).toEqual([])
})

test('stopping while it starts rejects the start', async () => {
  const started = server.start()
  const refused = expect(started).rejects.toThrow(ServerStartFailed)
  await turn()
  time.pass(0)
  const stopped = server.stop()
  child().exit(0)
  await stopped
  await refused
})

test('a start while it stops waits for the end and begins anew', async () => {
  await startNow()
  const stopped = server.stop()
  const again = server.start()
  await turn()
  expect(processes).toHaveLength(1)
  child().exit(0)
  await stopped
  await turn()
  time.pass(0)
  child().say(listening)
  expect(await again).toEqual({ url: 'http://127.0.0.1:4711', appSecret: 'secret 2' })
  expect(child().appSecret).toBe('secret 2')
  expect(processes).toHaveLength(2)
})

test('[F20] a server whose data are damaged says so, and starts at once when they were set aside', async () => {
  const started = server.start()
  await turn()
  time.pass(0)
  child().exit(3)
  await expect(started).rejects.toThrow(ServerDataDamaged)
  await turn()
  await server.setDataAside()
  expect(asides).toBe(1)
  void server.start()
  await turn()
  expect(time.waits).toContain(0)
})
