import type { ProfileStore } from '../../store/profile-store.ts'
import { TurnLoop } from '../turn-loop.ts'

/** A loop whose turns a test takes itself, oldest first. What fails is thrown. */
export function handTurnedLoop(
  store: ProfileStore,
  monotonic: () => number,
): { readonly loop: TurnLoop; readonly turns: (() => void)[] } {
  const turns: (() => void)[] = []
  const loop = new TurnLoop({
    store,
    defer: (callback) => {
      turns.push(callback)
      return () => undefined
    },
    monotonic,
    turned: () => undefined,
    failed: (error) => {
      throw error
    },
  })
  return { loop, turns }
}
