import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { FerryApi } from '../../protocol/ipc/api.ts'
import { createComposers } from '../state/composers.ts'
import { createController } from '../state/controller.ts'
import { INITIAL_MODEL } from '../state/model.ts'
import { onAnotherAccount } from '../state/on-another-account.ts'
import { createStore } from '../state/store.ts'
import { createTimeFormat } from '../text/time.ts'
import { App } from './app.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { type Ferry, FerryProvider } from './ferry-context.tsx'
import { watchNetwork } from './network.ts'

const after = (ms: number, task: () => void): (() => void) => {
  const timer = window.setTimeout(task, ms)
  return () => window.clearTimeout(timer)
}

/** Puts the pieces together around the one door to main, and draws the app into `#root`. */
export function mount(api: FerryApi): void {
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no #root')
  const now = (): number => performance.now()
  const newKey = (): string => crypto.randomUUID()
  const store = createStore(INITIAL_MODEL)
  const controller = createController({ api, store, now, after })
  const composers = createComposers({
    api,
    newKey,
    now,
    after,
    storedDraft: (conversation) =>
      store.get().conversations.byId.get(conversation) ?? { draft: '', draftAbout: null },
    onFailure: controller.fail,
  })
  const time = createTimeFormat(navigator.language)
  const ferry: Ferry = { api, store, controller, composers, time, newKey }

  controller.start()
  onAnotherAccount(store, () => {
    // Nothing of one account may be on screen, or in a box, of another.
    composers.stop()
    window.location.reload()
  })
  watchNetwork(api)
  window.addEventListener('pagehide', () => composers.flush())
  window.addEventListener('blur', () => composers.flush())
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <FerryProvider ferry={ferry}>
          <App />
        </FerryProvider>
      </ErrorBoundary>
    </StrictMode>,
  )
}
