import type { Change, Decision } from '../change.ts'

/** `ok`, or the code of the refusal. */
export function codeOf(decision: Decision): string {
  return decision.ok ? 'ok' : decision.error.code
}

/**
 * What is to be written.
 *
 * @throws when it was refused
 */
export function changesOf(decision: Decision): readonly Change[] {
  if (!decision.ok) throw new Error(`refused: ${decision.error.code}`)
  return decision.changes
}

/** The events that are appended, each with its stream. */
export function eventsOf(decision: Decision) {
  return changesOf(decision).flatMap((change) =>
    change.type === 'event.append' ? [{ stream: change.stream, ...change.event }] : [],
  )
}
