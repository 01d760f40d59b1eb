import { expect, test } from 'vitest'
import { type Seeded, seeded } from '../test-support/seeded.ts'
import type { Device } from './device.ts'
import { FAULTS, Trouble } from './faults.ts'
import { countedBy } from './node-health.ts'
import { drawChange } from './operation-mix.ts'
import { SEEDS } from './seeds.ts'
import { judge, readable, readTruth, type Truth } from './verdict.ts'
import { watch } from './watchdog.ts'
import { makeWorld, type World } from './world.ts'

const OPERATIONS = 20_000
/** Changes that a device has under way at once. */
const WINDOW = 8
/** Operations settled between two things done to the world. */
const BETWEEN_FAULTS = 200
const ROUNDS_OF_FAULTS = 5

test.each(SEEDS)(
  '[V1][V4][V5][V8][V10] 20,000 operations by 5 users over 2 nodes, under faults: nothing lost, nothing twice (seed %i)',
  { timeout: 600_000 },
  async (seed) => {
    const random = seeded(seed)
    const world = await makeWorld(random)
    const run = new Run(world, random)
    const watchdog = watch(world, () => run.step)
    try {
      const truth = await Promise.race([run.toTheEnd(), watchdog.stalled])
      process.stdout.write(await report(seed, world))
      run.step = 'the verdict'
      const verdict = await Promise.race([judge(world, truth), watchdog.stalled])
      expect(verdict.slice(0, 20)).toEqual([])
      expect(run.done).toBe(OPERATIONS)
    } finally {
      watchdog.stop()
      await world.stop()
    }
  },
)

/** Keeps every device busy until enough is done, and makes trouble meanwhile. */
class Run {
  /** Where it is, for one who wonders. */
  step = 'the start'
  readonly #world: World
  readonly #random: Seeded
  #submitted = 0

  constructor(world: World, random: Seeded) {
    this.#world = world
    this.#random = random
  }

  /** Operations that were answered for good. */
  get done(): number {
    return this.#world.devices.reduce(
      (sum, { acknowledged, refused }) => sum + acknowledged.length + refused.length,
      0,
    )
  }

  /** All operations under all faults, until every device has what it should; what the database then says. */
  async toTheEnd(): Promise<Truth> {
    const { devices, database, until } = this.#world
    await until(() => devices.every(({ live }) => live))
    for (const device of devices) this.#keepBusy(device)
    const trouble = new Trouble(this.#world, this.#random)
    for (let round = 1; round <= ROUNDS_OF_FAULTS; round++) {
      for (const fault of this.#random.shuffled(FAULTS)) {
        this.step = `round ${round}, ${fault}`
        await this.#settled(BETWEEN_FAULTS)
        devices[this.#random.int(devices.length)]?.cut()
        await trouble.next(fault, () => this.#settled(BETWEEN_FAULTS))
      }
    }
    await trouble.over()
    this.step = 'answers to the last operations'
    await this.#finished()
    const truth = await readTruth(database)
    this.step = 'the last events'
    await until(
      () => devices.some(({ violations }) => violations.length > 0) || hasArrived(devices, truth),
    )
    return truth
  }

  #keepBusy(device: Device): void {
    void this.#world.until(() => {
      while (device.live && device.waiting < WINDOW && this.#submitted < OPERATIONS) {
        this.#submit(device)
      }
      return this.#submitted >= OPERATIONS
    })
  }

  /** Resolves after `count` more operations, or when all are done. */
  async #settled(count: number): Promise<void> {
    const enough = Math.min(this.done + count, OPERATIONS - WINDOW * this.#world.devices.length)
    await this.#world.until(() => this.done >= enough)
  }

  async #finished(): Promise<void> {
    await this.#world.until(
      () =>
        this.#submitted >= OPERATIONS && this.#world.devices.every(({ waiting }) => waiting === 0),
    )
  }

  #submit(device: Device): void {
    const { rooms, sessions } = this.#world
    const conversation = rooms.get('churn') ?? ''
    const mayChange = device.user === sessions[0]?.user.id
    const drawn = drawChange(this.#random, {
      user: device.user,
      conversations: [...rooms.values()],
      messages: (stream) => device.log.recent(stream),
      churn: mayChange
        ? { conversation, users: sessions.slice(-2).map(({ user }) => user.id) }
        : null,
      freshText: () => `text ${this.#submitted} of ${device.user}, ${this.#random.int(1e9)}`,
    })
    if (drawn === null) return
    this.#submitted += 1
    device.submit(drawn.change, drawn.lane)
  }
}

function hasArrived(devices: readonly Device[], truth: Truth): boolean {
  return devices.every(({ log, user }) =>
    [...log.streams.keys()].every(
      (stream) => log.cursor(stream) >= readable(truth, stream, user).least,
    ),
  )
}

/** The counts of a run. Those of the nodes begin anew with each kill. */
async function report(seed: number, world: World): Promise<string> {
  const { devices } = world
  const sum = (pick: (device: Device) => number) =>
    devices.reduce((total, device) => total + pick(device), 0)
  const codes = new Map<string, number>()
  for (const { refused } of devices) {
    for (const { code } of refused) codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  const received = sum(({ log }) =>
    [...log.streams.values()].reduce((total, { length }) => total + length, 0),
  )
  const pages = (from: string) => countedByNodes(world, `ferry_stream_reads_total{from="${from}"`)
  return [
    `oracle, seed ${seed}, ${ROUNDS_OF_FAULTS} times each: ${FAULTS.join('; ')}:`,
    `  ${sum(({ acknowledged }) => acknowledged.length)} acknowledged, of them ${sum(({ counts }) => counts.duplicates)} repeats of a key or of what was so already`,
    `  ${sum(({ refused }) => refused.length)} refused: ${[...codes].map(([code, count]) => `${count} ${code}`).join(', ')}`,
    `  ${sum(({ counts }) => counts.retryable)} told to come back later`,
    `  ${received} events received over ${sum(({ counts }) => counts.connections)} connections, ${sum(({ counts }) => counts.cuts)} of them cut by the clients' side`,
    `  pages from the cache: ${await pages('cache')}, from the database: ${await pages('database')}; trims: ${await countedByNodes(world, 'ferry_stream_trim_total')}`,
    '',
  ].join('\n')
}

async function countedByNodes({ nodes }: World, name: string): Promise<number> {
  let total = 0
  for (const { url } of nodes) total += await countedBy(url, name)
  return total
}
