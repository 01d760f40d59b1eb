import { expect, test } from 'vitest'
import { stalePackages } from './package-staleness.mjs'

const zod = { version: '4.0.0', integrity: 'sha512-zod' }
const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': zod,
    'node_modules/addon-mac': { version: '1.0.0', integrity: 'sha512-mac', optional: true },
  },
}

test('what is installed as locked is not stale, for another system or not', () => {
  expect(stalePackages(wanted, { packages: { 'node_modules/zod': zod } })).toEqual([])
})

test('nothing installed: all of it is stale but what may be absent', () => {
  expect(stalePackages(wanted, undefined)).toEqual(['node_modules/zod'])
  expect(stalePackages(wanted, {})).toEqual(['node_modules/zod'])
})

test('another version or another content under the same version is stale', () => {
  const installed = (found: { version: string; integrity: string }) =>
    stalePackages(wanted, { packages: { 'node_modules/zod': found } })
  expect(installed({ ...zod, version: '4.0.1' })).toEqual(['node_modules/zod'])
  expect(installed({ ...zod, integrity: 'sha512-other' })).toEqual(['node_modules/zod'])
})

test('an optional package that is there in another version is stale', () => {
  const packages = { 'node_modules/zod': zod, 'node_modules/addon-mac': { version: '0.9.0' } }
  expect(stalePackages(wanted, { packages })).toEqual(['node_modules/addon-mac'])
})
