import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveAppFile } from './app-files.ts'

const root = '/opt/ferry/out/renderer'

test('the root is the page', () => {
  const page = { kind: 'file', path: `${root}/index.html`, contentType: 'text/html; charset=utf-8' }
  expect(resolveAppFile(root, 'GET', 'ferry://app/')).toEqual(page)
  expect(resolveAppFile(root, 'GET', 'ferry://app/index.html?x#y')).toEqual(page)
})

test.each([
  ['ferry://app/assets/index-1a2b.js', 'text/javascript; charset=utf-8'],
  ['ferry://app/assets/index.css', 'text/css; charset=utf-8'],
  ['ferry://app/logo.svg', 'image/svg+xml'],
])('%s has type %s', (url, contentType) => {
  expect(resolveAppFile(root, 'GET', url)).toMatchObject({ kind: 'file', contentType })
})

test.each([
  ['POST', 'ferry://app/', 405],
  ['GET', 'ferry://elsewhere/index.html', 400],
  ['GET', 'https://app/index.html', 400],
  ['GET', 'ferry://app/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 400],
  ['GET', 'ferry://app/a%5C..%5C..%5Cindex.html', 400],
  ['GET', 'ferry://app/index.html%00.js', 400],
  ['GET', 'ferry://app/%E0%A4%A', 400],
  ['GET', 'ferry://app/ferry.db', 404],
  ['GET', 'ferry://app/assets', 404],
  ['GET', 'not an address', 400],
] as const)('%s %s is refused with %i', (method, url, status) => {
  expect(resolveAppFile(root, method, url)).toEqual({ kind: 'refused', status })
})

test('whatever the address, nothing above the root is found', () => {
  const piece = fc.constantFrom(
    '..',
    '%2e%2e',
    '.',
    '/',
    '%2f',
    '\\',
    '%5c',
    'a',
    'x.js',
    '%00',
    '~',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const found = resolveAppFile(root, 'GET', `ferry://app/${pieces.join('')}`)
      if (found.kind === 'file') expect(found.path.startsWith(`${root}/`)).toBe(true)
    }),
    { seed: 20240607, numRuns: 2000 },
  )
})
