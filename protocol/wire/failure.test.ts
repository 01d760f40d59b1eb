import { describe, expect, test } from 'vitest'
import { CloseCode } from './close-codes.ts'
import { ERROR_CODES, type ErrorCode, wireError } from './error.ts'
import { classifyFailure } from './failure.ts'

describe('classification is one table', () => {
  const expected: Record<ErrorCode, 'retryable' | 'permanent' | 'auth'> = {
    invalid: 'permanent',
    unauthenticated: 'auth',
    forbidden: 'permanent',
    edit_window_expired: 'permanent',
    registration_closed: 'permanent',
    not_found: 'permanent',
    conflict: 'permanent',
    key_reused: 'permanent',
    username_taken: 'permanent',
    out_of_order: 'retryable',
    gone: 'permanent',
    too_large: 'permanent',
    client_too_old: 'permanent',
    rate_limited: 'retryable',
    internal: 'retryable',
    unavailable: 'retryable',
  }

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('[O6] code %s', (code) => {
    const error = wireError(code, 'any words at all')
    expect(classifyFailure({ kind: 'answered', error })).toBe(expected[code])
    expect(error.retryable).toBe(expected[code] === 'retryable')
  })

  test('[O6] a code of the table keeps its class whatever the peer claims', () => {
    const error = { code: 'forbidden', message: '', retryable: true }
    expect(classifyFailure({ kind: 'answered', error })).toBe('permanent')
  })

  test('[O6] an unknown code is what its retryable flag says', () => {
    const answer = (retryable: boolean) =>
      classifyFailure({ kind: 'answered', error: { code: 'brand_new', message: '', retryable } })
    expect(answer(true)).toBe('retryable')
    expect(answer(false)).toBe('permanent')
  })

  test.each([
    [CloseCode.goingAway, 'retryable'],
    [CloseCode.serviceRestart, 'retryable'],
    [CloseCode.tryAgainLater, 'retryable'],
    [CloseCode.frameTooLarge, 'permanent'],
    [CloseCode.notTheProtocol, 'permanent'],
    [CloseCode.unauthenticated, 'auth'],
    [CloseCode.noHello, 'retryable'],
    [CloseCode.readsTooSlowly, 'retryable'],
    [CloseCode.clientTooOld, 'permanent'],
    [1006, 'retryable'],
    [4999, 'retryable'],
  ])('[O6] close code %i is %s', (closeCode, errorClass) => {
    expect(classifyFailure({ kind: 'closed', closeCode })).toBe(errorClass)
  })

  test('[O6] the network and time-outs are retryable', () => {
    expect(classifyFailure({ kind: 'timeout' })).toBe('retryable')
    expect(classifyFailure({ kind: 'network', reason: 'cut' })).toBe('retryable')
  })
})
