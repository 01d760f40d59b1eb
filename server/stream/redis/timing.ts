import { systemTiming, type Timing } from '../../timing.ts'

/** Time and chance, passed in so that tests decide them. */
export interface BusTiming extends Pick<Timing, 'later'> {
  /** Uniform in [0, 1). */
  random(): number
}

export const systemBusTiming: BusTiming = { later: systemTiming.later, random: Math.random }

/** The promise did not settle in time; what it stood for may still happen. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/** `promise`, or a rejection with TimedOut after `ms`. A late rejection of `promise` is then of no interest. */
export function within<T>(timing: BusTiming, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timing.later(() => reject(new TimedOut(`no answer within ${ms} ms`)), ms)
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
