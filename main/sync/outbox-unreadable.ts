import type { Now } from './clock.ts'
import type { UnreadableOperation } from './operation.ts'
import type { OutboxState } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'
import { remainingWaitMs } from './retry-policy.ts'

/**
 * Rows that cannot be read, thrown away by the user, who can take that back for a while [O9, M4]. Nothing can be written
 * into such a row: what is thrown away is stored beside.
 */
export interface ThrownAway {
  readonly key: string
  /** Wall-clock ms since the epoch at which the row goes, and the whole wait in ms. */
  readonly at: number
  readonly delayMs: number
}

/** Throws an unreadable row away, to be taken back for `holdMs`; false when there is none with this key. */
export function discardUnreadable(work: OutboxWork, key: string, holdMs: number): boolean {
  const row = work.unreadable.find((one) => one.key === key)
  if (row === undefined) return false
  if (holdMs === 0) remove(work, [key])
  else if (row.gone === undefined) {
    const gone = { at: work.now.wallMs + holdMs, delayMs: holdMs }
    put(work, held(row, { key, ...gone }, work.now))
  }
  return true
}

/** Takes it back. */
export function undoUnreadable(work: OutboxWork, key: string): void {
  const row = work.unreadable.find((one) => one.key === key)
  if (row?.gone === undefined) return
  const { gone: _, ...shown } = row
  put(work, shown)
}

/** The time to take them back is over. */
export function releaseUnreadable(work: OutboxWork): void {
  const { monotonicMs } = work.now
  const over = work.unreadable.filter(({ gone }) => gone !== undefined && gone.dueAt <= monotonicMs)
  if (over.length === 0) return
  remove(
    work,
    over.map(({ key }) => key),
  )
}

/** The rows as they are loaded, with what was thrown away before the restart. */
export function loadUnreadable(
  rows: readonly UnreadableOperation[],
  thrownAway: readonly ThrownAway[],
  now: Now,
): readonly UnreadableOperation[] {
  return rows.map((row) => {
    const thrown = thrownAway.find(({ key }) => key === row.key)
    return thrown === undefined ? row : held(row, thrown, now)
  })
}

/** Those that are in sight. */
export function shownUnreadable({ unreadable }: OutboxState): readonly UnreadableOperation[] {
  return unreadable.filter(({ gone }) => gone === undefined)
}

/** Monotonic ms at which the next one that was thrown away goes; null for none. */
export function nextUnreadableGone({ unreadable }: OutboxState): number | null {
  const times = unreadable.flatMap(({ gone }) => gone?.dueAt ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

function held(
  row: UnreadableOperation,
  { at, delayMs }: ThrownAway,
  { monotonicMs, wallMs }: Now,
): UnreadableOperation {
  const dueAt = monotonicMs + remainingWaitMs(at, delayMs, wallMs)
  return { ...row, gone: { at, delayMs, dueAt } }
}

function put(work: OutboxWork, row: UnreadableOperation): void {
  work.unreadable = work.unreadable.map((one) => (one.key === row.key ? row : one))
  tell(work)
}

function remove(work: OutboxWork, keys: readonly string[]): void {
  const wereHeld = work.unreadable.some(({ key, gone }) => gone !== undefined && keys.includes(key))
  work.unreadable = work.unreadable.filter(({ key }) => !keys.includes(key))
  for (const key of keys) work.tell({ type: 'remove-unreadable', key })
  if (wereHeld) tell(work)
}

function tell(work: OutboxWork): void {
  const rows = work.unreadable.flatMap(({ key, gone }): ThrownAway[] =>
    gone === undefined ? [] : [{ key, at: gone.at, delayMs: gone.delayMs }],
  )
  work.tell({ type: 'throw-away', rows })
}
