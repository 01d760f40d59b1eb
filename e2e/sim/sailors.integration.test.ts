import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { HarbourMaster } from './harbour-master.ts'
import { Sailor } from './sailor.ts'
import { type Seeded, seeded } from './seeded.ts'

const NAMES = ['ada', 'bo', 'cleo'] as const
const STEPS = 400
/** Runs beyond the default ones: FERRY_SIM_SEEDS=1,2,3 */
const { FERRY_SIM_SEEDS: seeds = '1,2,3' } = process.env
const SETTLED = { timeout: 60_000, interval: 50 }

interface World {
  readonly server: HarbourMaster
  readonly sailors: readonly [Sailor, ...Sailor[]]
  readonly group: Id
}

for (const seed of seeds.split(',').map(Number)) {
  test(`[O1] [O2] [O3] [O10] [S2] real engines and a real server agree after any faults, seed ${seed}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-sim-'))
    const chance = seeded(seed)
    const world = await setUp(folder, chance)
    try {
      for (let step = 1; step <= STEPS; step += 1) await act(world, chance, step)
      await settle(world)
      await expectAgreement(world)
    } finally {
      await Promise.all(world.sailors.map((sailor) => sailor.close()))
      await Promise.all(world.sailors.map(({ line }) => line.stop()))
      await world.server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
}

async function setUp(folder: string, chance: Seeded): Promise<World> {
  const server = new HarbourMaster(folder)
  await server.start()
  const random = () => chance.int(1_000) / 1_000
  const make = async (name: string) => {
    const line = await FaultProxy.start(server.port)
    const sailor = new Sailor({ name, folder, line, random })
    await sailor.signUp()
    return sailor
  }
  const [first, ...others] = NAMES
  const captain = await make(first)
  const crew: Sailor[] = []
  for (const name of others) crew.push(await make(name))
  const group = await vi.waitFor(() => captain.createGroup('Harbour', [...others]), SETTLED)
  const sailors = [captain, ...crew] as const
  for (const sailor of sailors) {
    await vi.waitFor(async () => expect(await sailor.knows(group)).toBe(true), SETTLED)
  }
  return { server, sailors: [captain, ...crew], group }
}

/** One thing that somebody does, or that happens to them. */
async function act(world: World, chance: Seeded, step: number): Promise<void> {
  const { server, sailors, group } = world
  const sailor = chance.pick(sailors)
  const own = sailor.wishes.filter(({ body }) => body !== null)
  const wish = own[chance.int(own.length)]
  const what = chance.int(100)
  if (what < 55) await sailor.send(group, `${sailor.name} ${step}`)
  else if (what < 67 && wish !== undefined) await sailor.edit(wish, `${sailor.name} ${step} edited`)
  else if (what < 72 && wish !== undefined) await sailor.remove(wish)
  else if (what < 76) sailor.line.cut()
  else if (what < 79) sailor.line.mute()
  else if (what < 82) sailor.line.freeze()
  else if (what < 84) sailor.line.slow(20_000)
  else if (what < 93) {
    sailor.line.restore()
    if (chance.int(2) === 0) sailor.line.resetAll()
    await sailor.tryNow()
  } else if (what < 98) await sailor.killAndRestart()
  else {
    await server.stop()
    await server.start()
  }
}

/** Everything is in order again, and nothing waits any more. */
async function settle({ sailors }: World): Promise<void> {
  for (const { line } of sailors) {
    line.restore()
    line.resetAll()
  }
  for (const sailor of sailors) {
    await vi.waitFor(async () => {
      await sailor.tryNow()
      expect(await sailor.unsettled()).toBe(0)
    }, SETTLED)
  }
}

/**
 * Every sailor sees the same messages, and they are what their authors wanted: each once, in the order they were
 * written. One that was deleted is a tombstone, or was never sent [O10].
 */
async function expectAgreement({ sailors, group }: World): Promise<void> {
  const [captain] = sailors
  const view = async (sailor: Sailor) =>
    (await sailor.messages(group)).map(({ id, seq, body }) => ({ id, seq, body }))
  const standing = sailors.flatMap(({ wishes }) => wishes.filter(({ body }) => body !== null))
  await vi.waitFor(async () => {
    const shown = await view(captain)
    expect(shown.filter(({ body }) => body !== null)).toHaveLength(standing.length)
    for (const sailor of sailors) expect(await view(sailor)).toEqual(shown)
  }, SETTLED)
  for (const sailor of sailors) {
    const own = (await sailor.messages(group)).filter((message) => message.own)
    const arrived = new Set(own.map(({ key }) => key))
    expect(arrived.size).toBe(own.length)
    const expected = sailor.wishes.filter(({ key, body }) => body !== null || arrived.has(key))
    expect(own.map(({ key, body }) => ({ key, body }))).toEqual(expected)
  }
  expect(sailors.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThan(0)
}
