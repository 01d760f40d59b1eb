import { expect, test } from 'vitest'
import { sandboxOf } from './sandbox.mjs'

const user = { platform: 'linux', root: false, helper: undefined, namespaces: true } as const

test('user namespaces carry the sandbox', () => {
  expect(sandboxOf(user)).toBe('works')
})

test('without them only a helper that is root’s and setuid does', () => {
  const without = { ...user, namespaces: false }
  expect(sandboxOf(without)).toBe('forbidden')
  expect(sandboxOf({ ...without, helper: { uid: 1000, mode: 0o104755 } })).toBe('forbidden')
  expect(sandboxOf({ ...without, helper: { uid: 0, mode: 0o100755 } })).toBe('forbidden')
  expect(sandboxOf({ ...without, helper: { uid: 0, mode: 0o104755 } })).toBe('works')
})

test('root has none, other systems need nothing', () => {
  expect(sandboxOf({ ...user, root: true, namespaces: false })).toBe('off')
  expect(sandboxOf({ ...user, platform: 'darwin', namespaces: false })).toBe('works')
})
