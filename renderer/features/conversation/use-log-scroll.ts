import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useStable } from '../../app/ferry-context.tsx'
import type { Row } from './rows.ts'

/** Nearer than this to an end of the window, more is loaded, in px. */
const NEAR_PX = 900
/** Nearer than this to the end, the log counts as being there, in px. */
const END_PX = 40
/** For how long scroll events after a scroll of our own are not taken for the user's, in ms. */
const STEERING_MS = 300
/** More rows than this are not left to wait until scrolling rests, which it may not while many messages arrive. */
const MAX_ROWS = 2_500
/** Room left above the first unread message, in px. */
const ABOVE_UNREAD_PX = 56

interface LogScrollOptions {
  rows: readonly Row[]
  hasOlder: boolean
  hasNewer: boolean
  /** Index of the row to begin at; null: at the end. */
  start: number | null
  onOlder: () => void
  onNewer: () => void
  /** Told which row is the last that can be seen, whenever that may have changed. */
  onSeen: (index: number) => void
  /** Told the same once scrolling has come to rest, or when too much has come meanwhile. */
  onRest: (index: number) => void
}

export interface LogScroll {
  virtual: RefObject<VirtualizerHandle | null>
  /** Whether the end is in sight. */
  atEnd: boolean
  /** Whether the rows changed at their start since the last render; see `shift` of virtua. */
  shift: boolean
  toEnd: () => void
  toRow: (index: number) => void
  /** To be called for anything the user does to the scroller: what moves then is no work of ours. */
  onUserInput: () => void
  onScroll: () => void
  onScrollEnd: () => void
  onResize: () => void
}

/**
 * Where the log stands: begins at the first unread message or the end, stays at the end as messages come and rows
 * grow, keeps its place when older ones are put before, and asks for more before an end is reached.
 */
export function useLogScroll(options: LogScrollOptions): LogScroll {
  const { rows, hasOlder, hasNewer } = options
  const virtual = useRef<VirtualizerHandle>(null)
  const [start] = useState(options.start)
  const stick = useRef(start === null)
  const steeredAt = useRef(Number.NEGATIVE_INFINITY)
  const userActed = useRef(false)
  const before = useRef({ offset: 0, size: 0 })
  const [atEnd, setAtEnd] = useState(start === null)

  const steer = useStable((): void => {
    steeredAt.current = performance.now()
    userActed.current = false
  })

  const toEnd = useStable((): void => {
    stick.current = true
    steer()
    virtual.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  })

  const toRow = useStable((index: number): void => {
    stick.current = false
    steer()
    virtual.current?.scrollToIndex(index, { align: 'center' })
  })

  const look = useStable((): void => {
    const handle = virtual.current
    if (handle === null || handle.viewportSize === 0) return
    const below = handle.scrollSize - handle.viewportSize - handle.scrollOffset
    const here = below < END_PX
    const leapt = leaptUp(handle, before.current)
    before.current = { offset: handle.scrollOffset, size: handle.scrollSize }
    const steering = performance.now() - steeredAt.current < STEERING_MS
    const left = !here && stick.current && (leapt || userActed.current || !steering)
    if (here) stick.current = !hasNewer
    else if (left) stick.current = false
    // The list goes on to the end as rows are measured, unless it is told of another goal.
    if (left && steering) handle.scrollTo(handle.scrollOffset)
    setAtEnd(here || stick.current)
    if (hasOlder && handle.scrollOffset < NEAR_PX) options.onOlder()
    if (hasNewer && below < NEAR_PX) options.onNewer()
    if (rows.length > 0) options.onSeen(lastSeenRow(handle))
  })

  const rest = useStable(options.onRest)

  const onScrollEnd = useStable((): void => {
    look()
    const handle = virtual.current
    if (handle !== null && rows.length > 0) rest(lastSeenRow(handle))
  })

  const onResize = useStable((): void => {
    if (stick.current) toEnd()
    look()
  })

  useLayoutEffect(() => {
    if (start === null) return
    steer()
    virtual.current?.scrollToIndex(start, { align: 'start', offset: -ABOVE_UNREAD_PX })
  }, [start, steer])

  const newest = rows.at(-1)?.entry.message
  const ownNewest = newest?.own === true && newest.seq === null ? newest.key : null
  useLayoutEffect(() => {
    if (ownNewest !== null) stick.current = true
  }, [ownNewest])

  useLayoutEffect(() => {
    if (stick.current && rows.length > 0) toEnd()
  }, [rows, toEnd])

  const crowded = rows.length > MAX_ROWS
  useEffect(() => {
    const handle = virtual.current
    if (!crowded || handle === null) return
    rest(stick.current ? rows.length - 1 : lastSeenRow(handle))
  }, [crowded, rest, rows.length])

  useEffect(() => {
    window.addEventListener('focus', look)
    return () => window.removeEventListener('focus', look)
  }, [look])

  const firstKey = rows[0]?.entry.message.key
  const previousFirst = useRef(firstKey)
  const shift = previousFirst.current !== undefined && previousFirst.current !== firstKey
  useLayoutEffect(() => {
    previousFirst.current = firstKey
  })

  return {
    virtual,
    atEnd,
    shift,
    toEnd,
    toRow,
    onUserInput: useStable(() => {
      userActed.current = true
    }),
    onScroll: look,
    onScrollEnd,
    onResize,
  }
}

/** Index of the last row of which something can be seen. */
function lastSeenRow(handle: VirtualizerHandle): number {
  return handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 1)
}

/**
 * Whether the view moved up by more than rows that were cut above it explain: nothing of ours does that, so someone
 * scrolled, even where no input event told.
 */
function leaptUp(handle: VirtualizerHandle, before: { offset: number; size: number }): boolean {
  const moved = handle.scrollOffset - before.offset
  const cut = Math.min(handle.scrollSize - before.size, 0)
  return moved < cut - handle.viewportSize / 2
}
