import type { HeldStatus, SendOperation } from './operation.ts'
import { laneOf } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

/** How something is held. */
export type Hold = Omit<HeldStatus, 'state' | 'resume'>

/** A hold that begins now. */
export function holdOf(work: OutboxWork, what: Hold['what'], by: string, delayMs: number): Hold {
  return { what, by, at: work.now.wallMs + delayMs, delayMs }
}

/** Holds a message that was never sent, with all changes of it. */
export function holdMessage(work: OutboxWork, send: SendOperation, hold: Hold): void {
  for (const { operation } of work.about(laneOf(send), send.key)) {
    if (operation.kind === 'send' && operation.key !== send.key) continue
    work.feed(operation.key, { type: 'hold', ...hold })
  }
}
