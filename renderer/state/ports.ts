import type { FerryApi } from '../../protocol/ipc/api.ts'
import type { Model } from './model.ts'
import type { Store } from './store.ts'

/** What the controller needs of the world; a test gives its own. */
export interface ControllerPorts {
  readonly api: FerryApi
  readonly store: Store<Model>
  /** ms, monotonic. */
  readonly now: () => number
  /** Runs `task` after `ms`; the returned function calls it off. */
  readonly after: (ms: number, task: () => void) => () => void
}
