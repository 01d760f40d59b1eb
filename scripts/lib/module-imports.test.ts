import { expect, test } from 'vitest'
import { importsOf } from './module-imports.mjs'

const source = `
import { a } from './a.ts'
import type { B } from './b.ts'
import { type C } from './c.ts'
import { type D, d } from './d.ts'
import './effect.css'
export * from './e.ts'
export type { F } from './f.ts'
export const inner = () => import('./g.ts')
type H = import('./h.ts').H
const i = require('i')
const text = "import './not-one.ts'" // import './nor-this.ts'
`

test('every way to name a module is seen, and whether it is gone at run time', () => {
  expect(importsOf(source, 'ts')).toEqual([
    { specifier: './a.ts', typeOnly: false },
    { specifier: './b.ts', typeOnly: true },
    { specifier: './c.ts', typeOnly: true },
    { specifier: './d.ts', typeOnly: false },
    { specifier: './effect.css', typeOnly: false },
    { specifier: './e.ts', typeOnly: false },
    { specifier: './f.ts', typeOnly: true },
    { specifier: './g.ts', typeOnly: false },
    { specifier: './h.ts', typeOnly: true },
    { specifier: 'i', typeOnly: false },
  ])
})

test('a source that does not parse is refused, not passed over', () => {
  expect(() => importsOf('import {', 'ts')).toThrow()
})
