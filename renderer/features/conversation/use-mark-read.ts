import { useMemo, useRef } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useStable } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'
import { type Frontier, frontierAt, jumped, seen, skipped } from '../../state/read-frontier.ts'
import type { Row } from './rows.ts'

/** How a log says what of it was read. */
export interface MarkRead {
  /** Rows of these indices are on the screen; `hasOlder`: there may be messages before the first row. */
  readonly look: (rows: readonly Row[], first: number, last: number, hasOlder: boolean) => void
  /** Index of the first row that was not on the screen yet; -1 for none. */
  readonly firstUnseen: (rows: readonly Row[]) => number
  /** The log is brought past what was not seen. */
  readonly jump: () => void
  /** The user asks for the end. */
  readonly skip: () => void
}

/**
 * Marks as read what has been on the screen while the window had the focus, and nothing behind what was not [R5]. Lives
 * as long as the conversation is open, whatever part of its log is loaded.
 */
export function useMarkRead(view: ConversationView): MarkRead {
  const { api } = useFerry()
  const frontier = useRef<Frontier | null>(null)
  const told = useRef(0)

  /** As it is now: another device may have read on. */
  const present = useStable((): Frontier => {
    const known = frontier.current ?? frontierAt(view.readUpTo)
    return view.readUpTo > known.upTo ? { ...known, upTo: view.readUpTo } : known
  })

  const look = useStable((rows: readonly Row[], first: number, last: number, hasOlder: boolean) => {
    if (document.visibilityState !== 'visible' || !document.hasFocus() || !view.isReadKnown) return
    const sight = sightOf(rows, first, last)
    if (sight === null) return
    const before = present()
    const after = seen(before, { ...sight, next: nextSeq(rows, before.upTo, hasOlder) })
    frontier.current = after
    if (after.upTo <= Math.max(told.current, view.readUpTo)) return
    told.current = after.upTo
    void attemptPlain(api.markRead({ conversation: view.id, seq: after.upTo }))
  })

  const firstUnseen = useStable((rows: readonly Row[]): number => {
    const { upTo } = present()
    return rows.findIndex(({ entry: { message } }) => !message.own && (message.seq ?? 0) > upTo)
  })

  const jump = useStable((): void => {
    frontier.current = jumped(present())
  })
  const skip = useStable((): void => {
    frontier.current = skipped(present())
  })
  return useMemo(() => ({ look, firstUnseen, jump, skip }), [look, firstUnseen, jump, skip])
}

/** The confirmed messages among the rows on the screen; null where there are none. */
function sightOf(
  rows: readonly Row[],
  first: number,
  last: number,
): { first: number; last: number } | null {
  const seqs = rows.slice(first, last + 1).flatMap(({ entry }) => entry.message.seq ?? [])
  const [lowest] = seqs
  const highest = seqs.at(-1)
  return lowest === undefined || highest === undefined ? null : { first: lowest, last: highest }
}

/** The lowest loaded seq above the frontier; null where there may be others between. */
function nextSeq(rows: readonly Row[], upTo: number, hasOlder: boolean): number | null {
  const index = rows.findIndex(({ entry }) => (entry.message.seq ?? 0) > upTo)
  const seq = rows[index]?.entry.message.seq ?? null
  return index === 0 && hasOlder && seq !== upTo + 1 ? null : seq
}
