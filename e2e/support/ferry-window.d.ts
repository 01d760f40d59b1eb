import type { FerryApi } from '../../protocol/ipc/api.ts'

declare global {
  interface Window {
    /** The preload API, for what a test asks of the app beside the screen. */
    readonly ferry: FerryApi
  }
}
