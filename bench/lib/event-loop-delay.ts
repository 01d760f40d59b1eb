import type { ElectronApplication } from 'playwright/test'

/** Delays of the event loop, in ms. */
export interface LoopDelays {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** How often the loop is looked at, in ms; every delay includes it. */
const RESOLUTION_MS = 1

/** Watches the event loop of the main process from now on; the answer reads what was seen, and ends the watch. */
export async function watchEventLoop(app: ElectronApplication): Promise<() => Promise<LoopDelays>> {
  const watch = await app.evaluateHandle((_electron, resolution) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
    const histogram = monitorEventLoopDelay({ resolution })
    histogram.enable()
    return histogram
  }, RESOLUTION_MS)
  return () =>
    watch.evaluate((histogram) => {
      histogram.disable()
      const ms = (nanoseconds: number) => nanoseconds / 1e6
      return {
        p50: ms(histogram.percentile(50)),
        p99: ms(histogram.percentile(99)),
        max: ms(histogram.max),
      }
    })
}
