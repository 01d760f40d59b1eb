import type { Rectangle, WindowState } from './window-placement.ts'

/** Most that a desktop's coordinates and sides can be, in device-independent pixels. */
const MAX_PIXELS = 32_767

/**
 * What `window.json` says, checked; null when it is not what we write. By hand, as this stands between the start and
 * the window, and loading the schemas would take longer than all the rest of it.
 */
export function readWindowState(value: unknown): WindowState | null {
  if (!isRecord(value)) return null
  const { maximized } = value
  const bounds = readBounds(value.bounds)
  return bounds === null || typeof maximized !== 'boolean' ? null : { bounds, maximized }
}

function readBounds(value: unknown): Rectangle | null {
  if (!isRecord(value)) return null
  const { x, y, width, height } = value
  if (!isWithin(x, -MAX_PIXELS - 1) || !isWithin(y, -MAX_PIXELS - 1)) return null
  return isWithin(width, 1) && isWithin(height, 1) ? { x, y, width, height } : null
}

type Fields = Partial<Record<keyof WindowState | keyof Rectangle, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isWithin(value: unknown, least: number): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_PIXELS
  )
}
