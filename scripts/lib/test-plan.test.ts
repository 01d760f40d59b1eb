import { expect, test } from 'vitest'
import { needsOf, planTests } from './test-plan.mjs'

test('all stages run unless some are named', () => {
  expect(planTests([])).toEqual({
    kind: 'run',
    stages: ['check', 'unit', 'integration', 'e2e'],
    rest: [],
  })
})

test('named stages run in their own order, what is left goes to the test runner', () => {
  expect(planTests(['e2e', 'unit', 'outbox', '-t', 'O5'])).toEqual({
    kind: 'run',
    stages: ['unit', 'e2e'],
    rest: ['outbox', '-t', 'O5'],
  })
})

test('a misspelt stage runs nothing, instead of everything', () => {
  expect(planTests(['untis']).kind).toBe('bad')
})

test('only what a stage needs is installed', () => {
  expect(needsOf(['check'])).toEqual({ purposes: [], electron: false })
  expect(needsOf(['unit'])).toEqual({ purposes: [], electron: true })
  expect(needsOf(['integration'])).toEqual({ purposes: ['servers'], electron: true })
  expect(needsOf(['unit', 'e2e'])).toEqual({ purposes: ['servers', 'display'], electron: true })
})
