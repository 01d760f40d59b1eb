import type { Kept, KeptPlace } from '../store/kept-table.ts'

/** Something that came made a turn fail: nothing of the turn is stored. It is to be set aside, and passed over [O9]. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly kept: Kept

  constructor(kept: Omit<Kept, 'reason'>, cause: unknown) {
    super(`${kept.kind} ${kept.name} made a turn fail`, { cause })
    this.kept = { ...kept, reason: 'threw' }
  }
}

/** One word for a place. */
export function placeName({ kind, stream, seq, name }: KeptPlace): string {
  return JSON.stringify([kind, stream, seq, name])
}
