import type { Decision } from '../domain/change.ts'
import type { Outcome } from './store.ts'

/** The answer that a decision gives, without what it had a store write. */
export function outcomeOf(decision: Decision): Outcome {
  if (!decision.ok) return decision
  const { reply, duplicate, moved } = decision
  return moved === undefined
    ? { ok: true, reply, duplicate }
    : { ok: true, reply, duplicate, moved }
}
