import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { FerryApi } from '../../protocol/ipc/api.ts'
import type { Composers } from '../state/composers.ts'
import type { Controller } from '../state/controller.ts'
import type { Model } from '../state/model.ts'
import type { Store } from '../state/store.ts'
import type { TimeFormat } from '../text/time.ts'

/** What every part of the screen may use; made once in index.tsx. */
export interface Ferry {
  readonly api: FerryApi
  readonly store: Store<Model>
  readonly controller: Controller
  readonly composers: Composers
  readonly time: TimeFormat
  /** A fresh idempotency key [O2]. */
  readonly newKey: () => string
}

const FerryContext = createContext<Ferry | null>(null)

/** Gives `ferry` to everything inside. */
export function FerryProvider({ ferry, children }: { ferry: Ferry; children: ReactNode }) {
  return <FerryContext.Provider value={ferry}>{children}</FerryContext.Provider>
}

/** The tools of the screen. */
export function useFerry(): Ferry {
  const ferry = useContext(FerryContext)
  if (ferry === null) throw new Error('useFerry outside of FerryProvider')
  return ferry
}

/** The value of a store, or what `select` makes of it; drawn again only when that is another object. */
export function useStore<S, T>(store: Store<S>, select: (value: S) => T): T {
  const read = () => select(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}

/** A part of the model. `select` must return the same object as long as nothing changed. */
export function useModel<T>(select: (model: Model) => T): T {
  return useStore(useFerry().store, select)
}

/** A function that stays the same while what it does follows the latest render: for memoised rows. */
export function useStable<A extends unknown[], R>(callback: (...args: A) => R): (...args: A) => R {
  const latest = useRef(callback)
  useLayoutEffect(() => {
    latest.current = callback
  })
  const stable = useRef((...args: A): R => latest.current(...args))
  return stable.current
}
