import type { Seeded } from '../test-support/seeded.ts'
import type { World } from './world.ts'

/** What is done to the world while it works. */
export const FAULTS = [
  'cut clients',
  'kill a node',
  'flush redis',
  'kill redis, start it empty',
  'kill redis, restore an older snapshot',
  'freeze redis',
  'restart postgres',
  'crash postgres',
] as const
export type Fault = (typeof FAULTS)[number]

/** What a fault is done to. Faults of different subjects may be under way at once. */
function subjectOf(fault: Fault): 'clients' | 'node' | 'redis' | 'postgres' {
  if (fault === 'cut clients') return 'clients'
  if (fault === 'kill a node') return 'node'
  return fault.includes('redis') ? 'redis' : 'postgres'
}

interface UnderWay {
  readonly subject: ReturnType<typeof subjectOf>
  readonly end: () => Promise<void>
}

/** Brings one fault after the other, each beginning while the one before is under way, if that is of another part. */
export class Trouble {
  readonly #world: World
  readonly #random: Seeded
  #under: UnderWay | null = null

  constructor(world: World, random: Seeded) {
    this.#world = world
    this.#random = random
  }

  /** Begins `fault`; ends the one before at once or after `meanwhile`. */
  async next(fault: Fault, meanwhile: () => Promise<void>): Promise<void> {
    const before = this.#under
    const subject = subjectOf(fault)
    if (before?.subject === subject) await before.end()
    this.#under = { subject, end: await begin(fault, this.#world, this.#random) }
    await meanwhile()
    if (before !== null && before.subject !== subject) await before.end()
  }

  /** Ends what is still under way. */
  async over(): Promise<void> {
    await this.#under?.end()
    this.#under = null
  }
}

/** Begins a fault; what ends it, to be called when more work was done under it. */
async function begin(fault: Fault, world: World, random: Seeded): Promise<() => Promise<void>> {
  const { redis, postgres, nodes, devices } = world
  switch (fault) {
    case 'cut clients':
      for (const device of devices) if (random.int(2) === 0) device.cut()
      return async () => undefined
    case 'kill a node': {
      const node = nodes[random.int(nodes.length)]
      await node?.kill()
      return async () => node?.start()
    }
    case 'flush redis':
      await redis.ask('FLUSHALL')
      return async () => undefined
    case 'kill redis, start it empty':
      await redis.kill()
      return () => redis.restart()
    case 'kill redis, restore an older snapshot': {
      const snapshot = await redis.snapshot()
      return async () => {
        await redis.kill()
        await redis.restart(snapshot)
      }
    }
    case 'freeze redis':
      redis.freeze()
      return async () => redis.thaw()
    case 'restart postgres':
      await postgres.stop('fast')
      await postgres.start()
      return async () => undefined
    case 'crash postgres':
      await postgres.stop('crash')
      await postgres.start()
      return async () => undefined
  }
}
