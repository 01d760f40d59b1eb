import { expect, test } from 'vitest'
import { breaches, MAX_LINES } from './house-rules.mjs'

test('a file may be as long as allowed, and no longer', () => {
  expect(breaches('a.ts', 'x\n'.repeat(MAX_LINES))).toEqual([])
  expect(breaches('a.ts', 'x\n'.repeat(MAX_LINES + 1))).toEqual(['a.ts: 401 lines, 400 at most'])
})

test('no check is silenced in place, nothing is left for later', () => {
  const silenced = `// @ts-${'ignore'}\n// biome-${'ignore'} lint: x\n`
  expect(breaches('a.ts', silenced)).toHaveLength(1)
  expect(breaches('a.ts', `// ${'TO'}DO: later\n`)).toHaveLength(1)
  expect(breaches('a.ts', 'const METHODOLOGY = 1\n')).toEqual([])
})
