import { useRef } from 'react'
import type { ConversationView } from '../../../protocol/ipc/views.ts'
import { useFerry, useStable } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'
import type { Row } from './rows.ts'

/**
 * Marks as read what has been on screen while the window had the focus. Returns what to call with the rows and the
 * index of the last one that can be seen; each place is told once.
 */
export function useMarkRead(view: ConversationView): (rows: readonly Row[], index: number) => void {
  const { api } = useFerry()
  const told = useRef(view.readUpTo)
  return useStable((rows: readonly Row[], index: number): void => {
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return
    const seq = lastSeq(rows, index)
    if (seq === null || seq <= Math.max(told.current, view.readUpTo)) return
    told.current = seq
    void attemptPlain(api.markRead({ conversation: view.id, seq }))
  })
}

function lastSeq(rows: readonly Row[], index: number): number | null {
  for (let i = Math.min(index, rows.length - 1); i >= 0; i -= 1) {
    const seq = rows[i]?.entry.message.seq
    if (seq !== null && seq !== undefined) return seq
  }
  return null
}
