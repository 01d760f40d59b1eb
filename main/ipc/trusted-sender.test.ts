import { expect, test } from 'vitest'
import { isTrustedSender, type Sender } from './trusted-sender.ts'

const page = { webContentsId: 1, origin: 'ferry://app' }
const ours: Sender = { webContentsId: 1, frame: { origin: 'ferry://app', isMainFrame: true } }

test('the main frame of our window is trusted', () => {
  expect(isTrustedSender(ours, page)).toBe(true)
})

test.each<[string, Sender]>([
  ['another window', { ...ours, webContentsId: 2 }],
  ['a subframe', { ...ours, frame: { origin: 'ferry://app', isMainFrame: false } }],
  ['a foreign origin', { ...ours, frame: { origin: 'https://example.org', isMainFrame: true } }],
  ['an opaque origin', { ...ours, frame: { origin: 'null', isMainFrame: true } }],
  [
    'a host that only begins alike',
    { ...ours, frame: { origin: 'ferry://apple', isMainFrame: true } },
  ],
  ['a frame that is gone', { ...ours, frame: null }],
])('%s is refused', (_who, sender) => {
  expect(isTrustedSender(sender, page)).toBe(false)
})

test('nobody is trusted before there is a window', () => {
  expect(isTrustedSender(ours, null)).toBe(false)
})
