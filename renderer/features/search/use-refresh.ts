import { useEffect } from 'react'
import { useFerry, useStable } from '../../app/ferry-context.tsx'

/** Least time between two looks, in ms: a catch-up changes the list many times a second. */
const REFRESH_MS = 500

/** Calls `refresh` after conversations or the connection changed, as long as `isWanted`. */
export function useRefresh(isWanted: boolean, refresh: () => void): void {
  const { store } = useFerry()
  const run = useStable(refresh)
  useEffect(() => {
    if (!isWanted) return
    let timer: ReturnType<typeof setTimeout> | null = null
    const seen = () => {
      const { conversations, app } = store.get()
      return [conversations, app?.state.connection.status] as const
    }
    let before = seen()
    const unsubscribe = store.subscribe(() => {
      const now = seen()
      if (now[0] === before[0] && now[1] === before[1]) return
      before = now
      timer ??= setTimeout(() => {
        timer = null
        run()
      }, REFRESH_MS)
    })
    return () => {
      unsubscribe()
      if (timer !== null) clearTimeout(timer)
    }
  }, [store, isWanted, run])
}
