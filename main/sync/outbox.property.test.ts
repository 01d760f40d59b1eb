import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allOperations } from './outbox-state.ts'
import { type Happening, OutboxWorld } from './test-support/outbox-world.ts'

/**
 * Random lives of an outbox: the user writes, changes, retries and throws away; the line breaks, answers are lost, the
 * server refuses, the process dies, the session ends; in the end everything heals. Seeds are fixed: a failure is a
 * failure for everyone.
 */

const YEAR = 365 * 24 * 3_600_000
const n = fc.nat({ max: 30 })
const fault = fc.constantFrom(
  'none',
  'none',
  'none',
  'none',
  'none',
  'unavailable',
  'internal',
  'rate_limited',
  'answer lost',
)

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('send' as const), n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('poison' as const), n }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('edit', 'edit', 'delete', 'react', 'read'), n }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('retry', 'discard', 'resolve'), n }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('edit elsewhere', 'delete elsewhere', 'observe', 'remove', 'add again'),
      n,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('clash' as const), n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), n }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('close' as const),
      code: fc.constantFrom(1009, 1012, 4400, 4401, 4413, 4999),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set clock' as const),
      ms: fc.constantFrom(-YEAR, YEAR),
    }),
  },
  { weight: 24, arbitrary: fc.record({ do: fc.constant('serve' as const), n, fault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('serve old' as const), n, fault }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('online' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cut', 'cut', 'restart', 'sign in', 'sign out', 'retry all'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 500, 2000, 5000, 12_000, 40_000),
    }),
  },
)

const life = fc.array(happening, { minLength: 5, maxLength: 160, size: 'max' })

function live(ordered: boolean, happenings: readonly Happening[], calm: boolean): OutboxWorld {
  const world = new OutboxWorld(ordered)
  world.happen({ do: 'online' })
  for (const one of happenings) world.happen(one)
  if (calm) world.calm()
  return world
}

function forAllLives(seed: number, check: (ordered: boolean, lived: readonly Happening[]) => void) {
  fc.assert(fc.property(fc.boolean(), life, check), { seed, numRuns: 200 })
}

describe('random lives of an outbox', { timeout: 60_000 }, () => {
  test('[O9] [O11] nothing moves backwards, nothing is sent after its yes or while offline', () => {
    forAllLives(101, (ordered, lived) => {
      expect(live(ordered, lived, false).problems).toEqual([])
    })
  })

  test('[O2] a key never comes again with other content', () => {
    forAllLives(102, (ordered, lived) => {
      expect(live(ordered, lived, true).server.reusedKeys).toEqual([])
    })
  })

  test('[O3] the server applies the changes of a conversation in the order they were made', () => {
    forAllLives(103, (ordered, lived) => {
      const world = live(ordered, lived, true)
      for (const log of world.server.log.values()) {
        const made = log
          .filter((key) => !world.everSettled.has(key))
          .map((key) => world.madeAs.get(key) ?? Number.NaN)
        expect(made).toEqual(made.toSorted((a, b) => a - b))
      }
    })
  })

  test('[O2] [O9] in the end every message is at the server once, or was thrown away, or is in sight as failed', () => {
    forAllLives(104, (ordered, lived) => {
      const world = live(ordered, lived, true)
      for (const wish of world.wishes) {
        const copies = [...world.server.messages.values()].filter((m) => m.key === wish.key)
        expect(copies.length).toBeLessThanOrEqual(1)
        if (wish.fate !== 'kept') continue
        const isInSight = world.box.has(wish.key) && world.box.stateOf(wish.key) === 'failed'
        expect(copies.length === 1 || isInSight).toBe(true)
        if (world.server.poisoned.has(wish.key)) expect(isInSight).toBe(true)
      }
    })
  })

  test('[O10] in the end every text is the last one that the user wrote, and what was deleted is', () => {
    forAllLives(105, (ordered, lived) => {
      const world = live(ordered, lived, true)
      for (const wish of world.wishes) {
        const message = world.server.messageByKey(wish.key)
        if (wish.isOpen || message === undefined) continue
        if (wish.fate === 'deleted') expect(message.deletedAt).toBeDefined()
        if (wish.fate === 'kept') expect(message.body).toBe(wish.body)
      }
    })
  })

  test('[O9] in the end only what is refused for good is left, and what depends on it', () => {
    forAllLives(106, (ordered, lived) => {
      const world = live(ordered, lived, true)
      for (const { key, status } of allOperations(world.box.state)) {
        const code = status.state === 'failed' ? status.failure.code : status.state
        const isRefused = world.server.poisoned.has(key) && code === 'invalid'
        expect(isRefused || code === 'gone' || code === 'depends_on_failed').toBe(true)
      }
    })
  })

  test('[O9] [M4] these lives are full of edit conflicts, and of what can be taken back', () => {
    let conflicts = 0
    let held = 0
    forAllLives(108, (ordered, lived) => {
      const world = live(ordered, lived, false)
      conflicts += world.conflicts.size
      held += world.everHeld.size
    })
    expect(conflicts).toBeGreaterThan(50)
    expect(held).toBeGreaterThan(50)
  })

  test('[O1] what is on disk is what is in memory, at every moment', () => {
    forAllLives(107, (ordered, lived) => {
      const { box } = live(ordered, lived, false)
      const inMemory = allOperations(box.state).map((o) => [o.key, o.kind, o.attempts])
      const onDisk = [...box.rows.values()]
        .sort((a, b) => a.ordinal - b.ordinal)
        .map((o) => [o.key, o.kind, o.attempts])
      expect(onDisk).toEqual(inMemory)
    })
  })
})
