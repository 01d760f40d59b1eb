import { describe, expect, test } from 'vitest'
import { LOCAL_FAILURES } from '../../protocol/ipc/views.ts'
import { ERROR_CODES } from '../../protocol/wire/error.ts'
import { describeFailure } from './describe-failure.ts'

const CODES = [...Object.keys(ERROR_CODES), ...LOCAL_FAILURES]

describe('reasons in plain words', () => {
  test.each(CODES)('[O9] %s has words of its own, and is not shown as a code', (code) => {
    const words = describeFailure({ code })
    expect(words).not.toContain('_')
    expect(words).not.toContain(`(${code})`)
    expect(words).toMatch(/^[A-Z].*[^.]$/u)
  })

  test('[O9] two codes never read the same', () => {
    const words = CODES.map((code) => describeFailure({ code }))
    expect(new Set(words).size).toBe(words.length)
  })

  test('[O9] the conversation and the size are named where they are known', () => {
    expect(describeFailure({ code: 'forbidden', conversation: 'Harbour' })).toBe(
      'You are no longer a member of Harbour',
    )
    expect(describeFailure({ code: 'too_large', size: { bytes: 17_210, limit: 16_384 } })).toBe(
      'Too long: 17,210 of 16,384 bytes',
    )
    expect(describeFailure({ code: 'user_not_found', message: 'zoe' })).toContain('zoe')
  })

  test('[O6] a code of a newer server is told in its own words, else named', () => {
    expect(describeFailure({ code: 'slow_mode', message: 'One message a minute here' })).toBe(
      'The server refused it: One message a minute here',
    )
    expect(describeFailure({ code: 'slow_mode', message: ' ' })).toContain('(slow_mode)')
  })

  test('a code that is the name of something else in the language is unknown', () => {
    expect(describeFailure({ code: 'constructor' })).toContain('(constructor)')
  })
})
