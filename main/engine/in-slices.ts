import type { TurnLoop } from './turn-loop.ts'

/** Does something with each of very many things, a turn's worth at a time: at once they would hold up all else [S6]. */
export function inSlices<T>(
  loop: Pick<TurnLoop, 'addBulk'>,
  things: Iterator<T>,
  work: (thing: T) => void,
): void {
  loop.addBulk({
    step: (isOver) => {
      for (;;) {
        const next = things.next()
        if (next.done === true) return 'done'
        work(next.value)
        if (isOver()) return 'more'
      }
    },
  })
}
