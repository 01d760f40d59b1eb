import type { Model } from './model.ts'
import { selfId } from './selectors.ts'
import type { Store } from './store.ts'

/** Calls `left` once, when another account takes the place of the one that was first there. */
export function onAnotherAccount(store: Store<Model>, left: () => void): void {
  let first = selfId(store.get())
  const stop = store.subscribe(() => {
    const now = selfId(store.get())
    if (now === null || now === first) return
    if (first === null) first = now
    else {
      stop()
      left()
    }
  })
}
