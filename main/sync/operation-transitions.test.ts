import { describe, expect, test } from 'vitest'
import type { Operation, OperationState, OperationStatus } from './operation.ts'
import { type OperationInput, TRANSITIONS, transition } from './operation-transitions.ts'
import { uuid } from './test-support/outbox-driver.ts'

const failure = { code: 'unavailable' }
const waiting = { state: 'waiting', retry: 2, at: 5000, delayMs: 4000, failure } as const

const STATUSES: Record<OperationState, OperationStatus> = {
  queued: { state: 'queued' },
  sending: { state: 'sending' },
  waiting,
  unconfirmed: { state: 'unconfirmed' },
  failed: { state: 'failed', failure },
  conflict: { state: 'conflict', mine: 'a', theirs: 'b', theirVersion: 3 },
  held: {
    ...{ state: 'held', what: 'discard', by: 'k', at: 9000, delayMs: 5000 },
    resume: { state: 'failed', failure },
  },
}

const INPUTS: { [T in OperationInput['type']]: Extract<OperationInput, { type: T }> } = {
  transmit: { type: 'transmit' },
  confirm: { type: 'confirm' },
  'attempt-failed': { type: 'attempt-failed', failure, wallMs: 1000 },
  refused: { type: 'refused', failure: { code: 'forbidden' }, applied: false },
  conflicted: { type: 'conflicted', theirs: 'theirs', theirVersion: 7 },
  'taken-back': { type: 'taken-back' },
  cut: { type: 'cut' },
  due: { type: 'due' },
  orphaned: { type: 'orphaned', failure: { code: 'depends_on_failed' } },
  retry: { type: 'retry' },
  hold: { type: 'hold', what: 'discard', by: 'k', at: 9000, delayMs: 5000 },
  undo: { type: 'undo' },
  discard: { type: 'discard' },
}

function operation(state: OperationState): Operation {
  return {
    kind: 'edit',
    key: uuid(1),
    conversation: 'c',
    ordinal: 1,
    createdAt: 0,
    attempts: 2,
    mayHaveArrived: true,
    target: { key: uuid(2), id: 'm1' },
    body: 'mine',
    baseVersion: 1,
    status: STATUSES[state],
  }
}

/** State after each input, in the order of INPUTS; '-' where nothing happens, 'gone' where it leaves. */
const EXPECTED: Record<OperationState, string> = {
  queued: 'sending gone - - - - - - failed - held - gone',
  sending: '- gone waiting failed conflict queued unconfirmed - - - held - gone',
  waiting: '- gone - - - - - unconfirmed failed unconfirmed held - gone',
  unconfirmed: 'sending gone - - - - - - failed - held - gone',
  failed: '- gone - - - - - - - unconfirmed held - gone',
  conflict: '- gone - - - - - - - - held - gone',
  held: '- gone - - - - - failed - - - failed gone',
}

describe('every state with every input', () => {
  const states = Object.keys(STATUSES) as OperationState[]
  const inputs = Object.values(INPUTS)
  const cells = states.flatMap((state) => {
    const row = EXPECTED[state].split(' ')
    return inputs.map((input, column) => [state, input.type, row[column], input] as const)
  })

  test.each(cells)('[O9] %s + %s → %s', (state, _type, expected, input) => {
    const before = operation(state)
    const after = transition(before, input)
    if (expected === 'gone') expect(after).toBeNull()
    else if (expected === '-') expect(after).toBe(before)
    else expect(after?.status.state).toBe(expected)
  })

  test('[O9] the table has no cell beside these', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual(states.toSorted())
    for (const row of Object.values(TRANSITIONS)) {
      expect(Object.keys(row).sort()).toEqual(Object.keys(INPUTS).sort())
    }
  })
})

describe('what a transition changes', () => {
  test('[O5] an attempt is counted and sets the next time', () => {
    expect(transition(operation('sending'), INPUTS['attempt-failed'])).toMatchObject({
      attempts: 3,
      status: { state: 'waiting', retry: 3, at: 9000, delayMs: 8000 },
    })
  })

  test('[O5] the sixth failed transmission is the last', () => {
    const before = { ...operation('sending'), attempts: 5 }
    expect(transition(before, INPUTS['attempt-failed'])).toMatchObject({
      attempts: 6,
      status: { state: 'failed', failure },
    })
  })

  test.each(['cut', 'taken-back'] as const)('[O4] %s costs no attempt', (type) => {
    expect(transition(operation('sending'), INPUTS[type])?.attempts).toBe(2)
  })

  test('[O9] a retry has fresh attempts', () => {
    expect(transition(operation('failed'), INPUTS.retry)?.attempts).toBe(0)
  })

  test('[O10] a refusal rules out that it arrived, unless it says that it did', () => {
    const refused = (applied: boolean) =>
      transition(operation('sending'), { ...INPUTS.refused, applied })
    expect(refused(false)?.mayHaveArrived).toBe(false)
    expect(refused(true)?.mayHaveArrived).toBe(true)
  })

  test('[O11] a retry of what may have arrived asks again, of what did not begins anew', () => {
    const untouched = { ...operation('failed'), mayHaveArrived: false }
    expect(transition(operation('failed'), INPUTS.retry)?.status.state).toBe('unconfirmed')
    expect(transition(untouched, INPUTS.retry)?.status.state).toBe('queued')
  })
})
