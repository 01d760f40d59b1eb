import type { Failure } from '../../protocol/wire/failure.ts'
import type { Op } from '../../protocol/wire/request.ts'
import type { Timers } from '../sync/clock.ts'
import type { Outcome } from '../sync/transport.ts'
import { readReply } from './frame.ts'

/** A reply that does not fit its op; null for one that nobody asked for. */
export interface MisfitReply {
  readonly op: Op | null
  readonly problem: string
}

interface Pending {
  /** Reads the reply and settles; the answer is null when the reply fits. */
  readonly take: (value: object) => MisfitReply | null
  readonly fail: (failure: Failure) => void
}

/** The requests of one connection that have no reply yet, by id. */
export class PendingRequests {
  readonly #timers: Timers
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /**
   * Numbers a request. `settle` is called once: with its reply, after `timeoutMs` (null: never), or by `failAll`;
   * with a reply at once, before the frame behind it is read.
   */
  open<O extends Op>(
    op: O,
    timeoutMs: number | null,
    settle: (outcome: Outcome<O>) => void,
  ): number {
    this.#lastId += 1
    const id = this.#lastId
    const cancel =
      timeoutMs === null
        ? () => undefined
        : this.#timers.set(timeoutMs, () => fail({ kind: 'timeout' }))
    const end = (result: Outcome<O>): void => {
      cancel()
      this.#pending.delete(id)
      settle(result)
    }
    const fail = (failure: Failure): void => end(outcomeOf<O>({ ok: false, op, failure }))
    const take = (value: object): MisfitReply | null => {
      const read = readReply(op, value)
      if (read.kind === 'invalid') return { op, problem: read.problem }
      if (read.kind === 'error') fail({ kind: 'answered', error: read.error })
      else end(outcomeOf<O>({ ok: true, op, reply: read.reply }))
      return null
    }
    this.#pending.set(id, { take, fail })
    return id
  }

  /** Takes a reply; null when it fits. One that comes after its time-out is nothing; one never asked for fits nothing. */
  take(id: number, value: object): MisfitReply | null {
    const pending = this.#pending.get(id)
    if (pending !== undefined) return pending.take(value)
    const wasAsked = Number.isInteger(id) && id >= 1 && id <= this.#lastId
    return wasAsked ? null : { op: null, problem: 're: no such request' }
  }

  /** Ends one request, if it is still waited for. */
  fail(id: number, failure: Failure): void {
    this.#pending.get(id)?.fail(failure)
  }

  /** Ends every request. */
  failAll(failure: Failure): void {
    for (const pending of [...this.#pending.values()]) pending.fail(failure)
  }
}

/** `Outcome` is a union over ops, which the compiler cannot follow through a type parameter. */
function outcomeOf<O extends Op>(outcome: {
  ok: boolean
  op: O
  reply?: unknown
  failure?: Failure
}): Outcome<O> {
  return outcome as Outcome<O>
}
