import { expect, test } from 'vitest'
import { placeWindow, type WindowState } from './window-placement.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const second = { x: 1440, y: 0, width: 1920, height: 1080 }
const left = (x: number, y: number, width = 900, height = 600, maximized = false): WindowState => ({
  bounds: { x, y, width, height },
  maximized,
})

test('a first start is centred by the system', () => {
  expect(placeWindow(null, [laptop])).toEqual({ width: 1100, height: 750, maximized: false })
})

test('a window comes back where it was', () => {
  const placement = { x: 1600, y: 40, width: 900, height: 600, maximized: true }
  expect(placeWindow(left(1600, 40, 900, 600, true), [laptop, second])).toEqual(placement)
})

test('a window on a display that is gone is centred on one that is there', () => {
  expect(placeWindow(left(1600, 40), [laptop])).toEqual({
    width: 900,
    height: 600,
    maximized: false,
  })
})

test('a window whose title bar is out of reach is centred', () => {
  expect(placeWindow(left(100, -500), [laptop])).not.toHaveProperty('y')
  expect(placeWindow(left(1400, 100), [laptop])).not.toHaveProperty('x')
})

test('a window is never larger than its display, nor smaller than it can be used', () => {
  expect(placeWindow(left(0, 25, 5000, 4000), [laptop])).toMatchObject({ width: 1440, height: 875 })
  expect(placeWindow(left(10, 30, 20, 20), [laptop])).toMatchObject({ width: 480, height: 400 })
})

test('without any display known the wish stands', () => {
  expect(placeWindow(null, [])).toEqual({ width: 1100, height: 750, maximized: false })
})
