import { UnlockedConversation } from './fact-source.ts'
import { DatabaseTrouble } from './trouble.ts'

/** Longest that a transaction is tried again before its commands are answered `unavailable`, in ms. */
const PATIENCE_MS = 4_000
/** Most runs when others are at the same rows, and when connections are lost. */
const MAX_RUNS = { contention: 8, connection: 3 } as const
/** Bound of the first wait, doubled with every run, in ms. */
const FIRST_WAIT_MS = { contention: 5, connection: 50 } as const

/** What to do about a transaction that did not commit. */
export type NextStep =
  | { readonly step: 'again'; readonly afterMs: number }
  /** One of its commands may be the cause: run each alone. */
  | { readonly step: 'one by one' }
  | { readonly step: 'give up' }

/**
 * Decides it: what passes is run again, a bounded number of times, after waits with full jitter. Pure.
 *
 * @param failed `runs`: how often it ran, at least 1; `elapsedMs`: since the first; `commands`: how many it holds
 * @param random from 0 to 1
 */
export function nextStep(
  failed: { error: unknown; runs: number; elapsedMs: number; commands: number },
  random: number,
): NextStep {
  const { error, runs, elapsedMs, commands } = failed
  if (error instanceof UnlockedConversation) {
    return runs < MAX_RUNS.contention ? { step: 'again', afterMs: 0 } : { step: 'give up' }
  }
  const trouble = error instanceof DatabaseTrouble ? error.trouble : 'defect'
  if (trouble === 'defect') return { step: commands > 1 ? 'one by one' : 'give up' }
  if (trouble === 'unavailable' || runs >= MAX_RUNS[trouble] || elapsedMs > PATIENCE_MS) {
    return { step: 'give up' }
  }
  return { step: 'again', afterMs: random * FIRST_WAIT_MS[trouble] * 2 ** (runs - 1) }
}
