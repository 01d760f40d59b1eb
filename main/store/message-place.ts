/** Places of messages with the same millisecond, before the next one's begin. */
export const PLACES_PER_MS = 1024
/** Latest instant that still makes an exact place, ms since the epoch (the year 2223): a bound for hostile clocks. */
const LATEST_MS = 8e12

/**
 * The first place of an instant. Places are whole numbers that a double holds exactly; messages of one millisecond take
 * the next free ones.
 */
export function firstPlace(createdAt: number): number {
  return Math.min(Math.max(Math.trunc(createdAt), 0), LATEST_MS) * PLACES_PER_MS
}
