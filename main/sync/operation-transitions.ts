import type {
  HeldStatus,
  Operation,
  OperationState,
  OperationStatus,
  ResumableStatus,
} from './operation.ts'
import type { OperationFailure } from './operation-failure.ts'
import { retryDelayMs } from './retry-policy.ts'

/** What can happen to one operation. */
export type OperationInput =
  | { readonly type: 'transmit' }
  /** The server has it (its answer, or its event in the stream). */
  | { readonly type: 'confirm' }
  /** Answered with a retryable error, not in time, or cut once too often: one attempt [O4]. */
  | { readonly type: 'attempt-failed'; readonly failure: OperationFailure; readonly wallMs: number }
  /** Refused for good [O6]. `applied`: it may nevertheless have been applied before. */
  | { readonly type: 'refused'; readonly failure: OperationFailure; readonly applied: boolean }
  | { readonly type: 'conflicted'; readonly theirs: string; readonly theirVersion: number }
  /** Refused without being looked at, as what it follows was not applied: its first transmission never happened. */
  | { readonly type: 'taken-back' }
  /** The connection ended (`rightAfter` the transmission), or the answer no longer counts [O11]. */
  | { readonly type: 'cut'; readonly rightAfter?: true }
  /** The wait is over. */
  | { readonly type: 'due' }
  /** What it depends on has failed. */
  | { readonly type: 'orphaned'; readonly failure: OperationFailure }
  /** The user wants it tried again, with fresh attempts [O9]. */
  | { readonly type: 'retry' }
  /** The user deleted it or threw it away, and can take that back for a while [M4]. */
  | ({ readonly type: 'hold' } & Omit<HeldStatus, 'state' | 'resume'>)
  | { readonly type: 'undo' }
  | { readonly type: 'discard' }

export type OperationInputType = OperationInput['type']

/** What a cell of the table does; `leave`: it is no longer in the outbox. */
type Action =
  | 'ignore'
  | 'leave'
  | 'send'
  | 'count'
  | 'fail'
  | 'clash'
  | 'take back'
  | 'doubt'
  | 'resume'
  | 'start over'
  | 'hold'
  | 'release'

/**
 * Every state with every input. A new state or input does not compile until its row or column is written. Answers are
 * for what is being sent: any other state has an answer behind it already, and a late one changes nothing but when it
 * says that the server has it.
 */
export const TRANSITIONS = {
  queued: {
    transmit: 'send',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'ignore',
    orphaned: 'fail',
    retry: 'ignore',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  sending: {
    transmit: 'ignore',
    confirm: 'leave',
    'attempt-failed': 'count',
    refused: 'fail',
    conflicted: 'clash',
    'taken-back': 'take back',
    cut: 'doubt',
    due: 'ignore',
    orphaned: 'ignore',
    retry: 'ignore',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  waiting: {
    transmit: 'ignore',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'resume',
    orphaned: 'fail',
    retry: 'start over',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  unconfirmed: {
    transmit: 'send',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'ignore',
    orphaned: 'fail',
    retry: 'ignore',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  failed: {
    transmit: 'ignore',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'ignore',
    orphaned: 'ignore',
    retry: 'start over',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  conflict: {
    transmit: 'ignore',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'ignore',
    orphaned: 'ignore',
    retry: 'ignore',
    hold: 'hold',
    undo: 'ignore',
    discard: 'leave',
  },
  held: {
    transmit: 'ignore',
    confirm: 'leave',
    'attempt-failed': 'ignore',
    refused: 'ignore',
    conflicted: 'ignore',
    'taken-back': 'ignore',
    cut: 'ignore',
    due: 'release',
    orphaned: 'ignore',
    retry: 'ignore',
    hold: 'ignore',
    undo: 'release',
    discard: 'leave',
  },
} as const satisfies Record<OperationState, Record<OperationInputType, Action>>

/** The operation after an input; null when it leaves the outbox; the same object when nothing happens. */
export function transition(operation: Operation, input: OperationInput): Operation | null {
  const { status } = operation
  const action: Action = TRANSITIONS[status.state][input.type]
  switch (action) {
    case 'ignore':
      return operation
    case 'leave':
      return null
    case 'send':
      return { ...operation, mayHaveArrived: true, status: { state: 'sending' } }
    case 'doubt':
      return {
        ...(isCutShort(input) ? cutAgain(operation) : operation),
        status: { state: 'unconfirmed' },
      }
    case 'take back':
      return { ...answered(operation), mayHaveArrived: false, status: { state: 'queued' } }
    case 'resume':
      return { ...operation, status: untried(operation) }
    case 'start over':
      return { ...answered(operation), attempts: 0, status: untried(operation) }
    case 'hold':
      return input.type === 'hold' ? held(operation, input) : operation
    case 'release':
      return status.state === 'held' ? { ...operation, status: status.resume } : operation
    default:
      return { ...counted(operation, input), ...verdict(operation, input) }
  }
}

/** The operation with one more end of the line right after it. */
function cutAgain(operation: Operation): Operation {
  return { ...operation, cuts: (operation.cuts ?? 0) + 1 }
}

function isCutShort(input: OperationInput): boolean {
  return input.type === 'cut' && input.rightAfter === true
}

/** An end of the line that counts as an attempt goes on counting; any answer begins anew [O4]. */
function counted(operation: Operation, input: OperationInput): Operation {
  if (input.type === 'orphaned') return operation
  if (input.type !== 'attempt-failed') return answered(operation)
  if (input.failure.code === 'network') return cutAgain(operation)
  return input.failure.code === 'timeout' ? operation : answered(operation)
}

/** The operation with no end of the line counted. */
function answered(operation: Operation): Operation {
  if (operation.cuts === undefined) return operation
  const { cuts: _, ...rest } = operation
  return rest
}

/** The actions that take what they say from the input. */
function verdict(
  operation: Operation,
  input: OperationInput,
): Partial<Pick<Operation, 'attempts' | 'mayHaveArrived' | 'status'>> {
  switch (input.type) {
    case 'attempt-failed':
      return countAttempt(operation, input.failure, input.wallMs)
    case 'refused':
      return {
        mayHaveArrived: operation.mayHaveArrived && input.applied,
        status: { state: 'failed', failure: input.failure },
      }
    case 'orphaned':
      return { status: { state: 'failed', failure: input.failure } }
    case 'conflicted': {
      const mine = operation.kind === 'edit' ? operation.body : ''
      const { theirs, theirVersion } = input
      return { mayHaveArrived: false, status: { state: 'conflict', mine, theirs, theirVersion } }
    }
    default:
      return {}
  }
}

function countAttempt(
  operation: Operation,
  failure: OperationFailure,
  wallMs: number,
): { attempts: number; status: OperationStatus } {
  const attempts = operation.attempts + 1
  const delayMs = retryDelayMs(attempts, failure.retryAfterMs)
  if (delayMs === null) return { attempts, status: { state: 'failed', failure } }
  return {
    attempts,
    status: { state: 'waiting', retry: attempts, at: wallMs + delayMs, delayMs, failure },
  }
}

function held(operation: Operation, hold: Extract<OperationInput, { type: 'hold' }>): Operation {
  const { status } = operation
  const { what, by, at, delayMs } = hold
  const isAtRest = status.state === 'failed' || status.state === 'conflict'
  const resume = isAtRest ? status : resumable(operation)
  return { ...operation, status: { state: 'held', what, by, at, delayMs, resume } }
}

/** Ready to go: asked again when it may have arrived, else as if for the first time. */
function untried(operation: Operation): ResumableStatus {
  return operation.mayHaveArrived ? { state: 'unconfirmed' } : { state: 'queued' }
}

/** What a state goes on with when the connection or the process was gone. */
export function resumable(operation: Operation): ResumableStatus {
  const { status } = operation
  switch (status.state) {
    case 'queued':
    case 'unconfirmed':
    case 'waiting':
      return status
    case 'sending':
    case 'failed':
    case 'conflict':
    case 'held':
      return untried(operation)
  }
}
