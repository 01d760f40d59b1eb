import { setTimeout } from 'node:timers/promises'
import type { FerryApp } from '../../e2e/support/ferry-app.ts'
import { privateMemory } from './process-memory.ts'

/** What a process holds after its garbage is collected, in MiB: what it has written to, and of that what JS uses. */
interface Held {
  readonly memory: number
  readonly heap: number
}

export interface AppMemory {
  readonly main: Held
  readonly renderer: Held
}

/** What an app has to be started with so that its garbage can be collected. */
export const COLLECTABLE = ['--js-flags=--expose-gc'] as const

/** Collections before a look, and what lies between them, in ms: freed pages go back to the system after a while. */
const COLLECTIONS = 4
const PAUSE_MS = 1_000
const MIB = 1024 * 1024

/** Runs in the process concerned. */
function collect(): void {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('the app was not started with COLLECTABLE')
  gc()
}

/** Collects the garbage of an app that was started with COLLECTABLE, and looks at what is left. */
export async function measureMemory({ electron, page, pid }: FerryApp): Promise<AppMemory> {
  for (let round = 0; round < COLLECTIONS; round += 1) {
    await electron.evaluate(collect)
    await page.evaluate(collect)
    await setTimeout(PAUSE_MS)
  }
  const { rendererPid, heap } = await electron.evaluate(({ BrowserWindow }) => ({
    rendererPid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    heap: process.memoryUsage().heapUsed,
  }))
  const session = await page.context().newCDPSession(page)
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return {
    main: { memory: privateMemory(pid), heap: heap / MIB },
    renderer: { memory: privateMemory(rendererPid), heap: usedSize / MIB },
  }
}
