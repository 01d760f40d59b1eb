import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageFolder, thirdPartyNotices } from './third-party-notices.mjs'

const root = join(import.meta.dirname, '../..')

test('a module belongs to the innermost package', () => {
  expect(packageFolder('/x/server/main.ts')).toBeNull()
  expect(packageFolder('/x/node_modules/ws/lib/a.js')).toBe('/x/node_modules/ws')
  expect(packageFolder('\0/x/node_modules/@a/b/c.js?commonjs')).toBe('/x/node_modules/@a/b')
  expect(packageFolder('C:\\x\\node_modules\\a\\node_modules\\b\\c.js')).toBe(
    'C:/x/node_modules/a/node_modules/b',
  )
})

test('a bundle is told whose software is in it, with the text of each license', async () => {
  const emitted: { fileName: string; source: string }[] = []
  const plugin = thirdPartyNotices({
    root,
    beside: ['better-sqlite3'],
    texts: ['resources/licenses/unicode-data.txt'],
  })
  const context = { emitFile: (file: { fileName: string; source: string }) => emitted.push(file) }
  const moduleIds = ['ws/index.js', 'ws/lib/sender.js', 'zod/index.js'].map((file) =>
    join(root, 'node_modules', file),
  )
  await plugin.generateBundle.call(context, {}, { 'main.cjs': { type: 'chunk', moduleIds } })
  const [file, ...more] = emitted
  expect(more).toEqual([])
  expect(file?.fileName).toBe('THIRD-PARTY-NOTICES.txt')
  for (const name of [/^ws \d/m, /^zod \d/m, /^better-sqlite3 \d/m, /Unicode, Inc\./]) {
    expect(file?.source).toMatch(name)
  }
  expect(file?.source.match(/^ws \d/gm)).toHaveLength(1)
  expect(file?.source).toContain('Permission is hereby granted')
})
