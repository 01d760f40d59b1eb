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
/** Where the first unread message stands: with room for the line above it. */
export const BELOW_TOP: Stand = { hiddenPx: -56 }

/** Where a row stays: in the middle, or so many px of it hidden above (below 0: that far under the top). */
export type Stand = 'center' | { readonly hiddenPx: number }

interface Held {
  readonly key: string
  readonly stand: Stand
}

interface LogScrollOptions {
  rows: readonly Row[]
  hasOlder: boolean
  hasNewer: boolean
  /** The row to begin at; null: at the end. */
  start: { readonly index: number; readonly stand: Stand } | null
  onOlder: () => void
  onNewer: () => void
  /** Told which rows can be seen, whenever that may have changed. */
  onSeen: (first: number, last: number) => void
  /** Index of the first row that was never on the screen; -1 for none. */
  firstUnseen: () => number
  /** Whether somebody watches as messages come, so that the log may go on past what fits on the screen. */
  isWatched: () => boolean
  /** The log stays at this row, the first of those that have come: they are more than fit on the screen. */
  onHeld: (index: number) => void
  /** An own message brings the log to its end. Stays the same function. */
  onOwn: () => void
  /** Told the row at the top, and how much of it is hidden, once scrolling has come to rest; null: at the end. */
  onPlace: (place: { index: number; hiddenPx: number } | null) => void
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
  /** Brings a row to the middle, and keeps it there until the user moves the log. */
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
  /** The row that stays in its place, whatever grows or comes, until the user moves the log. */
  const held = useRef<Held | null>(null)
  const steeredAt = useRef(Number.NEGATIVE_INFINITY)
  const userActed = useRef(false)
  const before = useRef({ offset: 0, size: 0 })
  const [atEnd, setAtEnd] = useState(start === null)

  const steer = useStable((): void => {
    steeredAt.current = performance.now()
    userActed.current = false
  })

  const toEnd = useStable((): void => {
    held.current = null
    stick.current = true
    steer()
    virtual.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  })

  const hold = useStable((index: number, stand: Stand): void => {
    const key = rows[index]?.entry.message.key
    if (key === undefined) return
    stick.current = false
    held.current = { key, stand }
    steer()
    keepHeld()
  })

  const keepHeld = useStable((): void => {
    const { current } = held
    const index = rows.findIndex((row) => row.entry.message.key === current?.key)
    if (current === null || index === -1) return
    steer()
    const { stand } = current
    if (stand === 'center') virtual.current?.scrollToIndex(index, { align: 'center' })
    else virtual.current?.scrollToIndex(index, { align: 'start', offset: stand.hiddenPx })
  })

  const toRow = useStable((index: number): void => hold(index, 'center'))

  /** Follows the newest message; while nobody watches, not past one that was never on the screen. */
  const follow = useStable((): void => {
    const handle = virtual.current
    const unseen = options.isWatched() ? -1 : options.firstUnseen()
    const fits =
      handle === null ||
      unseen === -1 ||
      handle.getItemOffset(unseen) >= handle.scrollSize - handle.viewportSize
    if (fits) toEnd()
    else {
      hold(unseen, BELOW_TOP)
      options.onHeld(unseen)
    }
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
    if (here && held.current === null) stick.current = !hasNewer
    else if (left) stick.current = false
    // The list goes on to the end as rows are measured, unless it is told of another goal.
    if (left && steering) handle.scrollTo(handle.scrollOffset)
    setAtEnd(here || stick.current)
    if (hasOlder && handle.scrollOffset < NEAR_PX) options.onOlder()
    if (hasNewer && below < NEAR_PX) options.onNewer()
    if (rows.length > 0) options.onSeen(firstSeenRow(handle), lastSeenRow(handle))
  })

  const rest = useStable(options.onRest)

  const onScrollEnd = useStable((): void => {
    look()
    const handle = virtual.current
    if (handle === null || rows.length === 0) return
    rest(lastSeenRow(handle))
    options.onPlace(stick.current ? null : placeOf(handle))
  })

  const onResize = useStable((): void => {
    if (stick.current) follow()
    else keepHeld()
    look()
  })

  useLayoutEffect(() => {
    if (start !== null) hold(start.index, start.stand)
  }, [start, hold])

  const newest = rows.at(-1)?.entry.message
  const ownNewest = newest?.own === true && newest.seq === null ? newest.key : null
  useLayoutEffect(() => {
    if (ownNewest === null) return
    toEnd()
    options.onOwn()
  }, [ownNewest, toEnd, options.onOwn])

  useLayoutEffect(() => {
    if (stick.current && rows.length > 0) follow()
  }, [rows, follow])

  useEffect(() => {
    if (rows.length === 0) return
    // A short log does not scroll when something comes; two frames later its rows are measured.
    let frame = window.requestAnimationFrame(() => {
      frame = window.requestAnimationFrame(look)
    })
    return () => window.cancelAnimationFrame(frame)
  }, [rows, look])

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
      held.current = null
    }),
    onScroll: look,
    onScrollEnd,
    onResize,
  }
}

/** Index of the first row of which something can be seen. */
function firstSeenRow(handle: VirtualizerHandle): number {
  return handle.findItemIndex(handle.scrollOffset)
}

/** The row at the top, and how much of it is hidden. */
function placeOf(handle: VirtualizerHandle): { index: number; hiddenPx: number } {
  const index = firstSeenRow(handle)
  const hiddenPx = Math.max(Math.round(handle.scrollOffset - handle.getItemOffset(index)), 0)
  return { index, hiddenPx }
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
