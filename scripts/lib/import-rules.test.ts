import { describe, expect, test } from 'vitest'
import { findViolations, layerOf, packageName } from './import-rules.mjs'

/** What is wrong with one import. */
function violations(file: string, specifier: string, typeOnly = false) {
  return findViolations(new Map([[file, [{ specifier, typeOnly }]]]))
}

describe('allowed', () => {
  test.each([
    ['protocol/wire/error.ts', 'zod'],
    ['main/sync/outbox.ts', '../../protocol/wire/error.ts'],
    ['main/sync/outbox.test.ts', 'fast-check'],
    ['main/store/sqlite-store.ts', '../sync/outbox.ts'],
    ['main/app/index.ts', 'electron'],
    ['preload/index.ts', 'electron'],
    ['renderer/app/app.tsx', 'react-dom/client'],
    ['server/ws/socket.ts', '../domain/decide-edit.ts'],
    ['server/domain/decide-edit.ts', './rights.ts'],
    ['e2e/sim/world.ts', '../../server/store/memory.ts'],
    ['bench/server.ts', '../server/stream/trim.ts'],
  ])('%s imports %s', (file, specifier) => {
    expect(violations(file, specifier)).toEqual([])
  })
})

describe('refused', () => {
  test.each([
    ['protocol/wire/error.ts', '../../main/sync/outbox.ts'],
    ['protocol/wire/error.ts', 'node:crypto'],
    ['main/sync/outbox.ts', 'node:fs'],
    ['main/sync/outbox.ts', '../store/sqlite-store.ts'],
    ['main/sync/outbox.test.ts', 'better-sqlite3'],
    ['main/app/index.ts', '../../server/main.ts'],
    ['main/app/index.ts', 'react'],
    ['server/main.ts', '../main/app/index.ts'],
    ['server/main.ts', 'electron'],
    ['server/domain/decide-edit.ts', '../store/sqlite.ts'],
    ['server/domain/decide-edit.ts', 'pg'],
    ['preload/index.ts', 'node:fs'],
    ['renderer/app/app.tsx', '../../main/app/index.ts'],
    ['renderer/app/app.tsx', 'zod'],
    ['renderer/app/app.tsx', 'node:fs'],
    ['e2e/specs/chat.ts', '../../server/main.ts'],
    ['main/app/index.ts', '../../elsewhere/x.ts'],
  ])('%s imports %s', (file, specifier) => {
    expect(violations(file, specifier)).toHaveLength(1)
  })

  test('a border is a border for types too', () => {
    expect(violations('main/sync/outbox.ts', '../store/sqlite-store.ts', true)).toHaveLength(1)
  })
})

describe('no schema library in the renderer', () => {
  const modules = (typeOnly: boolean) =>
    new Map([
      ['renderer/app/app.tsx', [{ specifier: '../../protocol/limits.ts', typeOnly }]],
      ['protocol/limits.ts', [{ specifier: './primitives.ts', typeOnly: false }]],
      [
        'protocol/primitives.ts',
        [
          { specifier: './limits.ts', typeOnly: false },
          { specifier: 'zod', typeOnly: false },
        ],
      ],
    ])

  test('not even by a detour', () => {
    expect(findViolations(modules(false))).toHaveLength(1)
  })

  test('types are free', () => {
    expect(findViolations(modules(true))).toEqual([])
  })
})

test('a file belongs to the longest folder that holds it', () => {
  expect(layerOf('main/sync/a.ts')?.folder).toBe('main/sync')
  expect(layerOf('main/synchronise/a.ts')?.folder).toBe('main')
  expect(layerOf('README.md')).toBeUndefined()
})

test.each([
  ['react-dom/client', 'react-dom'],
  ['@base-ui/react/dialog', '@base-ui/react'],
  ['node:fs/promises', 'node:'],
  ['zod', 'zod'],
])('%s is of package %s', (specifier, name) => {
  expect(packageName(specifier)).toBe(name)
})
