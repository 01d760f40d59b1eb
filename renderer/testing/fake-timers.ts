/** Time that moves when a test says so. */
export interface FakeTimers {
  readonly now: () => number
  readonly after: (ms: number, task: () => void) => () => void
  /** Lets `ms` pass and runs what is due, in order. */
  readonly advance: (ms: number) => void
}

/** Makes timers that start at 0. */
export function fakeTimers(): FakeTimers {
  let time = 0
  let waiting: { at: number; task: () => void }[] = []
  return {
    now: () => time,
    after(ms, task) {
      const entry = { at: time + ms, task }
      waiting = [...waiting, entry].sort((a, b) => a.at - b.at)
      return () => {
        waiting = waiting.filter((other) => other !== entry)
      }
    },
    advance(ms) {
      const until = time + ms
      for (let next = waiting[0]; next !== undefined && next.at <= until; next = waiting[0]) {
        waiting = waiting.slice(1)
        time = next.at
        next.task()
      }
      time = until
    },
  }
}
