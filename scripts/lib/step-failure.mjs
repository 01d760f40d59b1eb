/**
 * A failure that was foreseen: which step failed, why, and what the person at the keyboard can do about it.
 * Entry scripts print these three lines and exit 1; nobody ever sees a stack trace for it.
 */
export class StepFailure extends Error {
  /** @param {{ step: string, cause: string, remedy: string }} details one sentence each, without a trailing newline */
  constructor({ step, cause, remedy }) {
    super(cause)
    this.name = 'StepFailure'
    /** @readonly */ this.step = step
    /** @readonly */ this.remedy = remedy
  }
}

/** The step was ended by a signal (Ctrl-C, SIGTERM): nothing is wrong, and running it again goes on from here. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
    /** @readonly */ this.signal = signal
  }
}

/**
 * Throws `Interrupted` once the signal has been aborted. For the places between two children, where no
 * process is there to be ended.
 * @param {AbortSignal} abort its reason is the signal's name
 */
export function throwIfInterrupted(abort) {
  if (abort.aborted) throw new Interrupted(abort.reason)
}

/**
 * The text of anything that was thrown.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}
