/**
 * Up to where a conversation was on the screen without a hole [R5]. Pure: what is seen is told. A place that was come to
 * by a jump does not count until what is before it has been seen, too.
 */
export interface Frontier {
  /** Everything up to this seq was on the screen, or was read before. */
  readonly upTo: number
  /** Whether what is on the screen was come to from there, by reading or by the user's own scrolling. */
  readonly isConnected: boolean
}

/** What is on the screen, as seqs of confirmed messages. */
export interface Sight {
  readonly first: number
  readonly last: number
  /** The lowest loaded seq above the frontier; null where there may be messages between that are not loaded. */
  readonly next: number | null
}

/** A conversation that is opened: everything up to this seq was read. */
export function frontierAt(readUpTo: number): Frontier {
  return { upTo: readUpTo, isConnected: false }
}

/** The log was brought somewhere else, past what was not seen. */
export function jumped(frontier: Frontier): Frontier {
  return { ...frontier, isConnected: false }
}

/** The user asked for the end, and so to skip what is before it. */
export function skipped(frontier: Frontier): Frontier {
  return { ...frontier, isConnected: true }
}

/** Something is on the screen, in a window that has the focus. */
export function seen({ upTo, isConnected }: Frontier, { first, last, next }: Sight): Frontier {
  const joins = first <= upTo || (next !== null && first <= next)
  return joins || isConnected
    ? { upTo: Math.max(upTo, last), isConnected: true }
    : { upTo, isConnected }
}
