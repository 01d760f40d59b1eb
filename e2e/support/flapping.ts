import type { FaultProxy } from './fault-proxy.ts'

/** A line that comes and goes. */
export interface Flapping {
  /** Resolves once the line has flapped for at least this long, in ms, since it began. */
  lasted(ms: number): Promise<void>
  /** Leaves the line in order. */
  stop(): void
}

/** Cuts the line and restores it in turn, every `everyMs`, until stopped. */
export function flap(proxy: FaultProxy, everyMs: number): Flapping {
  const startedAt = performance.now()
  const waiting = new Set<{ ms: number; resolve: () => void }>()
  let isCut = false
  const timer = setInterval(() => {
    isCut = !isCut
    if (isCut) proxy.cut()
    else proxy.restore()
    for (const entry of waiting) {
      if (performance.now() - startedAt < entry.ms) continue
      waiting.delete(entry)
      entry.resolve()
    }
  }, everyMs)
  return {
    lasted: (ms) => new Promise((resolve) => waiting.add({ ms, resolve })),
    stop: () => {
      clearInterval(timer)
      proxy.restore()
    },
  }
}
