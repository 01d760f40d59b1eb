import type { StreamEvent } from '../../../protocol/model/event.ts'

/** The event without the fields that its stream gives it. */
export type NewEvent = StreamEvent extends infer E
  ? E extends StreamEvent
    ? Omit<E, 'seq' | 'at' | 'by'>
    : never
  : never
