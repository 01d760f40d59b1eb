/** A value that changes as a whole and tells who listens: what useSyncExternalStore needs, no more. */
export interface Store<S> {
  readonly get: () => S
  /** Replaces the value by `change(value)`; nobody is told when it is the same object. */
  readonly update: (change: (value: S) => S) => void
  /** Calls `listener` after each change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void
}

/** Makes a store that holds `initial`. Values are never mutated, only replaced. */
export function createStore<S>(initial: S): Store<S> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    update(change) {
      const next = change(value)
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
