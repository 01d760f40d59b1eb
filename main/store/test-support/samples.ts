import type { Message } from '../../../protocol/model/message.ts'
import type { Operation } from '../../sync/operation.ts'

/** Rows for tests: whole, valid, and told apart by their number. */

/** A UUID that ends in a number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** A message by `bob` in conversation `c1`; its time is 1 s after that of the seq before. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversation: 'c1',
    seq,
    author: 'bob',
    key: uuid(seq),
    body: `message ${seq}`,
    version: 1,
    createdAt: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    reactions: {},
    ...change,
  }
}

/** A queued send in conversation `c1`. */
export function send(
  ordinal: number,
  change: Partial<Extract<Operation, { kind: 'send' }>> = {},
): Operation {
  return {
    kind: 'send',
    key: uuid(ordinal),
    conversation: 'c1',
    ordinal,
    createdAt: 1_700_000_000_000,
    attempts: 0,
    mayHaveArrived: false,
    status: { state: 'queued' },
    body: `text ${ordinal}`,
    replyTo: null,
    ...change,
  }
}
