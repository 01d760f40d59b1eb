import { expect, test } from 'vitest'
import { isSource } from './source-digest.mjs'

test.each([
  ['main/app/index.ts', true],
  ['renderer/app/shell.css', true],
  ['renderer/app/shell.tsx', true],
  ['main/sync/outbox.test.ts', false],
  ['server/ws/socket.integration.test.ts', false],
  ['main/sync/test-support/world.ts', false],
  ['main/.swp', false],
])('%s can change a bundle: %s', (file, can) => {
  expect(isSource(file)).toBe(can)
})
