import { describe, expect, test } from 'vitest'
import { displayOf } from './display.mjs'

describe('where a window can open', () => {
  test.each([
    ['linux', {}, 'none'],
    ['linux', { DISPLAY: '' }, 'none'],
    ['linux', { DISPLAY: ':0' }, 'x11'],
    ['linux', { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }, 'x11'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'wayland'],
    ['darwin', {}, 'native'],
    ['win32', {}, 'native'],
  ] as const)('%s with %o: %s', (platform, env, display) => {
    expect(displayOf(platform, env)).toBe(display)
  })
})
