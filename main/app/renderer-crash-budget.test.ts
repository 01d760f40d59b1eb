import { expect, test } from 'vitest'
import { decideOnCrash } from './renderer-crash-budget.ts'

/** Decisions on crashes at these instants, in ms. */
function decisions(instants: readonly number[]): string[] {
  let crashes: readonly number[] = []
  return instants.map((now) => {
    const step = decideOnCrash(crashes, now)
    crashes = step.crashes
    return step.decision
  })
}

test('three crashes in a minute are reloaded, the fourth is not', () => {
  expect(decisions([0, 1000, 2000, 3000])).toEqual(['reload', 'reload', 'reload', 'give-up'])
})

test('crashes further apart are always reloaded', () => {
  expect(decisions([0, 30_000, 60_000, 90_000, 120_000])).not.toContain('give-up')
})

test('when the user chose to go on, counting starts anew', () => {
  expect(decisions([0, 1, 2, 3, 4])).toEqual(['reload', 'reload', 'reload', 'give-up', 'reload'])
})

test('only as many are remembered as are needed', () => {
  expect(decideOnCrash([0, 1], 100_000).crashes).toEqual([100_000])
})
