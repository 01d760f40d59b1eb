import { expect, test } from 'vitest'
import { readWindowState } from './read-window-state.ts'

const bounds = { x: -10, y: 20, width: 900, height: 600 }

test('what the app writes is read, and nothing that came along', () => {
  const state = { bounds, maximized: true }
  expect(readWindowState({ ...state, more: 1 })).toEqual(state)
  const extremes = { x: -32_768, y: 32_767, width: 1, height: 32_767 }
  expect(readWindowState({ bounds: extremes, maximized: false })?.bounds).toEqual(extremes)
})

test.each([
  null,
  undefined,
  'text',
  [],
  {},
  { bounds },
  { maximized: true },
  { bounds: null, maximized: true },
  { bounds, maximized: 'true' },
  { bounds: { ...bounds, x: '1' }, maximized: true },
  { bounds: { ...bounds, x: 1.5 }, maximized: true },
  { bounds: { ...bounds, y: -32_769 }, maximized: true },
  { bounds: { ...bounds, width: 0 }, maximized: true },
  { bounds: { ...bounds, height: 32_768 }, maximized: true },
  { bounds: { ...bounds, height: Number.NaN }, maximized: true },
  { bounds: { x: 1, y: 2, width: 3 }, maximized: true },
])('%j is none', (value) => {
  expect(readWindowState(value)).toBeNull()
})
