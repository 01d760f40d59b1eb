import type { Id } from '../../protocol/model/primitives.ts'

/** Someone who is writing, and until when that is believed (ms of performance.now()). */
export interface Typist {
  readonly id: Id
  readonly name: string
  readonly until: number
}

export type Typing = ReadonlyMap<Id, readonly Typist[]>

/** How long one sign of typing is believed, in ms: twice the pace at which signs are sent, and then some. */
export const TYPING_SHOWN_MS = 7_000

/** Notes that `user` is writing in `conversation`. */
export function addTypist(
  typing: Typing,
  conversation: Id,
  user: { id: Id; name: string },
  now: number,
): Typing {
  const others = (typing.get(conversation) ?? []).filter((typist) => typist.id !== user.id)
  const next = new Map(typing)
  next.set(conversation, [...others, { ...user, until: now + TYPING_SHOWN_MS }])
  return next
}

/** Takes those away of whom `keep` does not hold; the same object when nobody is. */
export function filterTypists(
  typing: Typing,
  keep: (typist: Typist, conversation: Id) => boolean,
): Typing {
  let changed = false
  const next = new Map<Id, readonly Typist[]>()
  for (const [conversation, typists] of typing) {
    const kept = typists.filter((typist) => keep(typist, conversation))
    if (kept.length !== typists.length) changed = true
    if (kept.length > 0) next.set(conversation, kept)
  }
  return changed ? next : typing
}

/** When the next typist stops being believed, or null when there is none. */
export function nextExpiry(typing: Typing): number | null {
  let next: number | null = null
  for (const typists of typing.values()) {
    for (const { until } of typists) next = next === null ? until : Math.min(next, until)
  }
  return next
}
