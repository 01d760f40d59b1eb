/** What to do about a renderer that went away. */
export type CrashDecision = 'reload' | 'give-up'

const MAX_RELOADS = 3
const WINDOW_MS = 60_000

/**
 * Counts crashes of the renderer: up to three within a minute are answered with a reload (all that matters is in
 * main, so the page comes back as it was); one more asks the user. `crashes` are earlier ones, in ms of the steady
 * clock; the answer holds those still to be remembered.
 */
export function decideOnCrash(
  crashes: readonly number[],
  nowMs: number,
): { decision: CrashDecision; crashes: readonly number[] } {
  const recent = [...crashes.filter((at) => nowMs - at < WINDOW_MS), nowMs]
  return recent.length > MAX_RELOADS
    ? { decision: 'give-up', crashes: [] }
    : { decision: 'reload', crashes: recent }
}
