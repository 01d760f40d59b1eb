import { useEffect, useRef } from 'react'
import { attemptPlain } from '../state/bridge.ts'
import type { Model } from '../state/model.ts'
import { useFerry, useModel } from './ferry-context.tsx'

/** Whether what is on screen is the real thing: a form to fill in, or the conversation with its messages. */
export function hasContent(model: Model): boolean {
  if (model.app === null) return false
  const { session, storage } = model.app.state
  if (storage.status === 'failed' || session.status === 'welcome') return true
  if (session.status === 'starting' || !model.conversationsLoaded) return false
  if (model.current === null) return model.conversations.order.length === 0
  const slot = model.logs.get(model.current)
  return slot !== undefined && (slot.log !== null || slot.failure !== null)
}

/** Tells main once when the first frame with content is on screen: two frames later it has been painted. */
export function usePainted(): void {
  const { api } = useFerry()
  const content = useModel(hasContent)
  const reported = useRef(false)
  useEffect(() => {
    if (!content || reported.current) return
    reported.current = true
    window.requestAnimationFrame(() => {
      window.requestAnimationFrame(() => {
        void attemptPlain(api.reportPainted())
      })
    })
  }, [api, content])
}
