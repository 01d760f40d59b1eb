import { z } from 'zod'

/** The port to the app, when it runs this server as a utility process. Typed by its shape: the server knows no Electron. */
interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown
  postMessage(message: unknown): void
}

const Shutdown = z.object({ type: z.literal('shutdown') })

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}

/** The port, or null when this is a process of its own. */
export function findParentPort(): ParentPort | null {
  const port = 'parentPort' in process ? process.parentPort : undefined
  return isParentPort(port) ? port : null
}

/** Calls back when the app asks the server to stop. */
export function onShutdownMessage(port: ParentPort, stop: () => void): void {
  port.on('message', ({ data }) => {
    if (Shutdown.safeParse(data).success) stop()
  })
}
