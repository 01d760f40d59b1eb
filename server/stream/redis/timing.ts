/** Time and chance, passed in so that tests decide them. */
export interface Timing {
  /** Calls `run` once after `ms`; the result cancels it. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void
  /** Uniform in [0, 1). */
  random(): number
}

export const systemTiming: Timing = {
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

/** The promise did not settle in time; what it stood for may still happen. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/** `promise`, or a rejection with TimedOut after `ms`. A late rejection of `promise` is then of no interest. */
export function within<T>(timing: Timing, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timing.after(ms, () => reject(new TimedOut(`no answer within ${ms} ms`)))
    promise.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (cause: unknown) => {
        cancel()
        reject(cause)
      },
    )
  })
}
