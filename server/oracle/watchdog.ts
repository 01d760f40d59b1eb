import type { World } from './world.ts'

const LOOK_MS = 5_000
/** Nothing at all got further for this many looks: a minute and a half, far beyond any fault here. */
const LOOKS = 18

/** Rejects when a node collapses, and with a picture of the world when it stands still: a promise that hangs says nothing by itself. */
export function watch(
  world: World,
  step: () => string,
): { readonly stalled: Promise<never>; stop(): void } {
  let last = ''
  let same = 0
  let timer: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      const collapsed = world.nodes.find(({ collapse }) => collapse !== null)
      if (collapsed !== undefined) reject(new Error(collapsed.collapse ?? ''))
      const now = `${step()} ${progress(world)}`
      same = now === last ? same + 1 : 0
      last = now
      if (same >= LOOKS) reject(new Error(`stands still at ${now}\n${picture(world)}`))
    }, LOOK_MS)
  })
  stalled.catch(() => clearInterval(timer))
  return { stalled, stop: () => clearInterval(timer) }
}

function progress({ devices }: World): string {
  let settled = 0
  let received = 0
  for (const { acknowledged, refused, log } of devices) {
    settled += acknowledged.length + refused.length
    for (const { length } of log.streams.values()) received += length
  }
  return `${settled} settled, ${received} received`
}

function picture({ devices, nodes }: World): string {
  const lines = devices.map(({ user, live, waiting, counts, violations, log }) =>
    JSON.stringify({ user, live, waiting, counts, violations, cursors: log.cursors() }),
  )
  for (const node of nodes) lines.push(`${node.url} running: ${node.running}`, node.log())
  return lines.join('\n')
}
