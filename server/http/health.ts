import type { BusState } from '../stream/stream-bus.ts'

/** How long the database may take to answer a trivial question, in ms. */
const PROBE_PATIENCE_MS = 2_000

/** How long what a probe found is believed, in ms: a probe writes, and anybody may ask. */
const BELIEVED_MS = 250

/** What /healthz says. `down`: a part that is needed is away. `degraded`: slower, nothing lost [V8]. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly database: 'ok' | 'down'
  readonly stream: string
  readonly relayLag: number
}

/** One probe for all who ask at the same time, or right after each other. */
export function shareProbe(
  probe: () => Promise<void>,
  monotonicMs: () => number,
): () => Promise<void> {
  let last: { readonly found: Promise<void>; ended: number } | null = null
  return () => {
    if (last !== null && monotonicMs() - last.ended < BELIEVED_MS) return last.found
    const asked = { found: probe(), ended: Number.POSITIVE_INFINITY }
    const end = () => {
      asked.ended = monotonicMs()
    }
    asked.found.then(end, end)
    last = asked
    return asked.found
  }
}

/** Looks at the parts. */
export async function checkHealth(
  probe: () => Promise<void>,
  bus: BusState,
  later: (callback: () => void, ms: number) => () => void,
): Promise<Health> {
  const database = await probeDatabase(probe, later)
  const stream = { stream: bus.detail, relayLag: bus.relayLag }
  if (database === 'down') return { status: 'down', database, ...stream }
  return { status: bus.status, database, ...stream }
}

function probeDatabase(
  probe: () => Promise<void>,
  later: (callback: () => void, ms: number) => () => void,
): Promise<'ok' | 'down'> {
  return new Promise((resolve) => {
    const cancel = later(() => resolve('down'), PROBE_PATIENCE_MS)
    probe().then(
      () => {
        cancel()
        resolve('ok')
      },
      () => {
        cancel()
        resolve('down')
      },
    )
  })
}
