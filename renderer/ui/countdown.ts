import { useEffect, useReducer } from 'react'
import { secondsLeft, untilNextSecond } from '../text/time.ts'

/**
 * Whole seconds left until `deadline` (ms of performance.now()); the component is drawn again as they change, and not
 * at all when it is null.
 */
export function useSecondsLeft(deadline: number | null): number {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    if (deadline === null) return
    let timer: number | undefined
    const schedule = (): void => {
      const wait = untilNextSecond(deadline, performance.now())
      if (wait === null) return
      timer = window.setTimeout(() => {
        tick()
        schedule()
      }, wait)
    }
    schedule()
    return () => window.clearTimeout(timer)
  }, [deadline])
  return deadline === null ? 0 : secondsLeft(deadline, performance.now())
}
