import type { Cursor } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'

/**
 * Splits events into those that follow a cursor without a gap and those beyond one; what is at or below the cursor,
 * and what is there twice, is dropped [S2, S3]. Any order is taken; the results are by seq.
 */
export function splitRun(
  cursor: Cursor,
  buffered: readonly ReceivedEvent[],
  arrived: readonly ReceivedEvent[],
): { run: readonly ReceivedEvent[]; ahead: readonly ReceivedEvent[] } {
  if (buffered.length === 0 && isRun(cursor, arrived)) return { run: arrived, ahead: [] }
  const bySeq = new Map<number, ReceivedEvent>()
  for (const event of [...buffered, ...arrived]) {
    if (event.seq > cursor && !bySeq.has(event.seq)) bySeq.set(event.seq, event)
  }
  const sorted = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  const gap = sorted.findIndex((event, index) => event.seq !== cursor + 1 + index)
  if (gap < 0) return { run: sorted, ahead: [] }
  return { run: sorted.slice(0, gap), ahead: sorted.slice(gap) }
}

function isRun(cursor: Cursor, events: readonly ReceivedEvent[]): boolean {
  return events.every((event, index) => event.seq === cursor + 1 + index)
}
