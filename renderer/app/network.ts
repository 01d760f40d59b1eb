import type { FerryApi } from '../../protocol/ipc/api.ts'
import { attemptPlain } from '../state/bridge.ts'

/** Passes on what the system says about the network, so that main reconnects at once [O13]. */
export function watchNetwork(api: FerryApi): void {
  const report = (): void => {
    void attemptPlain(api.reportNetwork({ online: navigator.onLine }))
  }
  window.addEventListener('online', report)
  window.addEventListener('offline', report)
}
