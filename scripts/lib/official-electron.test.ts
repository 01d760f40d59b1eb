import { expect, test } from 'vitest'
import { whyNot } from './official-electron.mjs'

test('the cause is the innermost error, in one line', () => {
  const printed = `node:internal/deps/undici:14900
TypeError: fetch failed
    at node:internal/deps/undici:14900:13 {
  [cause]: Error: getaddrinfo ENOTFOUND example.org
      at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:122:26) {
    errno: -3008
  }
}

Node.js v24.21.0`
  expect(whyNot(printed)).toBe('getaddrinfo ENOTFOUND example.org')
})

test('without an error the last line is told, without a line that too', () => {
  expect(whyNot('first\nlast\n\n')).toBe('last')
  expect(whyNot('')).toBe('it failed without a word')
})
