import { expect, test } from 'vitest'
import { initials } from './initials.ts'

test('[F22] a letter under a heap of marks is not painted over what stands above it', () => {
  expect(initials(`Z${'\u0301'.repeat(40)}oe`)).toBe('Z\u0301\u0301')
  expect(initials(`Ada L${'\u0e47'.repeat(80)}`)).toBe('AL\u0e47\u0e47')
})

test('letters and emoji that need their marks keep them', () => {
  expect(initials('ที่')).toBe('ที่')
  expect(initials('👩🏽‍🦰 Ann')).toBe('👩🏽‍🦰A')
})
