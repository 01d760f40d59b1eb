import { describe, expect, test } from 'vitest'
import { isAllowedOrigin } from './origin.ts'

describe('origins', () => {
  test.each([
    [undefined, 'chat.example', true],
    ['ferry://app', 'chat.example', true],
    ['https://chat.example', 'chat.example', true],
    ['http://chat.example:8080', 'chat.example:8080', true],
    ['http://localhost:5173', 'chat.example', true],
    ['http://127.0.0.1:5173', undefined, true],
    ['http://[::1]:5173', undefined, true],
    ['https://chat.example:444', 'chat.example', false],
    ['https://evil.example', 'chat.example', false],
    ['https://chat.example.evil.example', 'chat.example', false],
    ['https://evil.example', undefined, false],
    ['null', 'chat.example', false],
    ['file://', 'chat.example', false],
    ['ferry://other', 'chat.example', false],
    ['localhost', 'chat.example', false],
  ])('%s at %s: %s', (origin, host, allowed) => {
    expect(isAllowedOrigin(origin, host)).toBe(allowed)
  })
})
