import pg from 'pg'
import { expect, test } from 'vitest'
import { UnlockedConversation } from './fact-source.ts'
import { nextStep } from './retry.ts'
import { DatabaseTrouble } from './trouble.ts'

function trouble(code: string): DatabaseTrouble {
  const error = new pg.DatabaseError('words', 0, 'error')
  error.code = code
  return new DatabaseTrouble(error)
}

const first = { runs: 1, elapsedMs: 0, commands: 3 }
const deadlock = trouble('40P01')
const lost = trouble('57P01')
const full = trouble('53100')
const wrong = trouble('23514')

test('a deadlock is run again, after waits that double, and not for ever', () => {
  const waits = [1, 2, 3].map((runs) => nextStep({ ...first, error: deadlock, runs }, 1))
  expect(waits).toEqual([5, 10, 20].map((afterMs) => ({ step: 'again', afterMs })))
  expect(nextStep({ ...first, error: deadlock, runs: 8 }, 1)).toEqual({ step: 'give up' })
  expect(nextStep({ ...first, error: deadlock, elapsedMs: 4_001 }, 1)).toEqual({ step: 'give up' })
})

test('the wait is drawn from all of it', () => {
  expect(nextStep({ ...first, error: deadlock, runs: 3 }, 0)).toEqual({ step: 'again', afterMs: 0 })
  expect(nextStep({ ...first, error: deadlock, runs: 3 }, 0.5)).toEqual({
    step: 'again',
    afterMs: 10,
  })
})

test('a lost connection is tried twice more, so that the answer comes soon', () => {
  expect(nextStep({ ...first, error: lost }, 1)).toEqual({ step: 'again', afterMs: 50 })
  expect(nextStep({ ...first, error: lost, runs: 2 }, 1)).toEqual({ step: 'again', afterMs: 100 })
  expect(nextStep({ ...first, error: lost, runs: 3 }, 1)).toEqual({ step: 'give up' })
})

test('a full disk is said at once', () => {
  expect(nextStep({ ...first, error: full }, 1)).toEqual({ step: 'give up' })
})

test('a defect is laid at the door of one command', () => {
  expect(nextStep({ ...first, error: wrong }, 1)).toEqual({ step: 'one by one' })
  expect(nextStep({ ...first, error: wrong, commands: 1 }, 1)).toEqual({ step: 'give up' })
  expect(nextStep({ ...first, error: new TypeError('ours') }, 1)).toEqual({ step: 'one by one' })
})

test('[V1] a conversation that turned up after locking is locked and read at once, and not for ever', () => {
  const error = new UnlockedConversation('c1')
  expect(nextStep({ ...first, error, runs: 7 }, 1)).toEqual({ step: 'again', afterMs: 0 })
  expect(nextStep({ ...first, error, runs: 8 }, 1)).toEqual({ step: 'give up' })
})
