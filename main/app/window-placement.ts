/** A rectangle on the desktop, in device-independent pixels. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where a window is opened. Without x and y the system centres it. */
export interface Placement {
  readonly width: number
  readonly height: number
  readonly x?: number
  readonly y?: number
  readonly maximized: boolean
}

/** What is remembered of the window between two starts (`window.json` in the profile). */
export interface WindowState {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

export const MIN_WINDOW = { width: 480, height: 400 } as const
const DEFAULT_WINDOW = { width: 1100, height: 750 } as const
/** So much of the window must lie on a display, so that it can be grabbed and moved. */
const MIN_VISIBLE = { width: 120, height: 48 } as const

/**
 * Places the window as it was left. `workAreas` are those of the displays there are now: a window whose display is
 * gone is centred on the first one, and none is larger than the display that it is on.
 */
export function placeWindow(
  remembered: WindowState | null,
  workAreas: readonly Rectangle[],
): Placement {
  const bounds = remembered?.bounds
  const home =
    bounds === undefined ? undefined : workAreas.find((area) => isGraspable(bounds, area))
  const limit = home ?? workAreas[0]
  const wanted = bounds ?? DEFAULT_WINDOW
  const size = {
    width: clamp(wanted.width, MIN_WINDOW.width, limit?.width),
    height: clamp(wanted.height, MIN_WINDOW.height, limit?.height),
  }
  const maximized = remembered?.maximized ?? false
  if (bounds === undefined || home === undefined) return { ...size, maximized }
  return { ...size, x: bounds.x, y: bounds.y, maximized }
}

function clamp(wanted: number, least: number, most: number | undefined): number {
  return Math.max(least, Math.min(wanted, most ?? wanted))
}

function isGraspable(window: Rectangle, area: Rectangle): boolean {
  const width = overlap(window.x, window.width, area.x, area.width)
  // The title bar is at the top: it must be on the display, not only some lower part of the window.
  const top = overlap(window.y, MIN_VISIBLE.height, area.y, area.height)
  return width >= MIN_VISIBLE.width && top >= MIN_VISIBLE.height
}

function overlap(a: number, aLength: number, b: number, bLength: number): number {
  return Math.min(a + aLength, b + bLength) - Math.max(a, b)
}
