import type { Timers } from '../engine/ports.ts'

/** How long a stage is waited for, in ms: a page that is slow, or hidden and so never painted, holds up nothing. */
export const STAGE_TIMEOUT_MS = 1_000
/**
 * How long nothing more must have been asked for until a handing-over is done, in ms: what was answered last is still on
 * its way through this thread.
 */
export const HANDED_OVER_MS = 5

/**
 * What the start waits for, so that this process is free when the page needs it and busy when it does not. Each promise
 * resolves when its stage is reached, or too late for waiting on; none rejects.
 */
export interface StartStages {
  /** The page itself was handed to the renderer, which now is made ready for it. */
  readonly page: Promise<void>
  /** The page's script, and what it comes with, was handed over, and is being compiled and run. */
  readonly script: Promise<void>
  /** The first frame with content is on screen. */
  readonly painted: Promise<void>
  /** A file of the app was handed over. */
  served(file: string): void
  /** The page comes from elsewhere, so that no file will be handed over. */
  servedElsewhere(): void
  /** The page says that it is painted. */
  reportPainted(): void
}

/** Makes the stages of one start; each later one has the timeout to itself. */
export function createStartStages(timers: Pick<Timers, 'set'>): StartStages {
  const page = stage(timers)
  const script = stage(timers)
  const painted = stage(timers)
  let cancel: () => void = () => undefined
  page.expect()
  void page.reached.then(script.expect)
  void script.reached.then(painted.expect)
  return {
    page: page.reached,
    script: script.reached,
    painted: painted.reached,
    served(file) {
      const { reach } = file.endsWith('.html') ? page : script
      cancel()
      cancel = timers.set(HANDED_OVER_MS, reach)
    },
    servedElsewhere() {
      page.reach()
      script.reach()
    },
    reportPainted: painted.reach,
  }
}

interface Stage {
  readonly reached: Promise<void>
  readonly reach: () => void
  /** From now on it may take STAGE_TIMEOUT_MS. */
  readonly expect: () => void
}

function stage(timers: Pick<Timers, 'set'>): Stage {
  let reach: () => void = () => undefined
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return {
    reached,
    reach,
    expect() {
      void reached.then(timers.set(STAGE_TIMEOUT_MS, reach))
    },
  }
}
