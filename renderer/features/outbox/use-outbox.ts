import { useEffect, useRef, useState } from 'react'
import type { FailureView, OutboxPage } from '../../../protocol/ipc/views.ts'
import { MAX_OUTBOX_PAGE } from '../../../protocol/limits.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'

/** Operations that are listed at first, and how many more each time that is asked for. */
const STEP = 200

type Listed =
  | { status: 'loading' }
  /** `receivedAt`: performance.now(), from where waits count. */
  | { status: 'shown'; page: OutboxPage; receivedAt: number }
  | { status: 'failed'; failure: FailureView }

/** `showMore`: lists further ones; null where there are none, or no more can be listed. */
export type OutboxList = Listed & { readonly showMore: (() => void) | null }

/** The oldest operations of the outbox, asked for again as it changes: one question at a time, the last one counts. */
export function useOutbox(): OutboxList {
  const { api } = useFerry()
  const version = useModel((model) => model.outboxVersion)
  const [list, setList] = useState<Listed>({ status: 'loading' })
  const [limit, setLimit] = useState(STEP)
  const asking = useRef<{ wanted: number; limit: number } | null>(null)
  useEffect(() => {
    if (asking.current !== null) {
      asking.current.wanted = version
      asking.current.limit = limit
      return
    }
    const run = { wanted: version, limit }
    asking.current = run
    const ask = async (): Promise<void> => {
      let asked: typeof run
      do {
        asked = { ...run }
        const answer = await attemptPlain(api.listOutbox({ limit: asked.limit }))
        setList(
          answer.ok
            ? { status: 'shown', page: answer.value, receivedAt: performance.now() }
            : { status: 'failed', failure: answer.failure },
        )
      } while (asked.wanted !== run.wanted || asked.limit !== run.limit)
      asking.current = null
    }
    void ask()
  }, [api, version, limit])
  const more =
    list.status === 'shown' && list.page.total > list.page.items.length && limit < MAX_OUTBOX_PAGE
  return {
    ...list,
    showMore: more ? () => setLimit(Math.min(limit + STEP, MAX_OUTBOX_PAGE)) : null,
  }
}
