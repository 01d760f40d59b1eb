import { useEffect, useState } from 'react'
import { startOfDay } from '../text/time.ts'

/** Longest wait before the day is looked at again, in ms: timers do not run while the computer sleeps. */
const LOOK_AGAIN_MS = 60_000

/** Start of the current local day (ms since the epoch); what shows "Today" is drawn again when it changes. */
export function useToday(): number {
  const [today, setToday] = useState(() => startOfDay(Date.now()))
  useEffect(() => {
    const timer = window.setInterval(() => setToday(startOfDay(Date.now())), LOOK_AGAIN_MS)
    return () => window.clearInterval(timer)
  }, [])
  return today
}
