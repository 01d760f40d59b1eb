import { useEffect, useRef, useState } from 'react'
import type { FailureView, OutboxPage } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'

/** Most operations that are listed; of the rest only the number is told. */
const LIMIT = 200

export type OutboxList =
  | { status: 'loading' }
  /** `receivedAt`: performance.now(), from where waits count. */
  | { status: 'shown'; page: OutboxPage; receivedAt: number }
  | { status: 'failed'; failure: FailureView }

/** The oldest operations of the outbox, asked for again as it changes: one question at a time, the last one counts. */
export function useOutbox(): OutboxList {
  const { api } = useFerry()
  const version = useModel((model) => model.outboxVersion)
  const [list, setList] = useState<OutboxList>({ status: 'loading' })
  const asking = useRef<{ wanted: number } | null>(null)
  useEffect(() => {
    if (asking.current !== null) {
      asking.current.wanted = version
      return
    }
    const run = { wanted: version }
    asking.current = run
    const ask = async (): Promise<void> => {
      for (let asked = Number.NaN; asked !== run.wanted; ) {
        asked = run.wanted
        const answer = await attemptPlain(api.listOutbox({ limit: LIMIT }))
        setList(
          answer.ok
            ? { status: 'shown', page: answer.value, receivedAt: performance.now() }
            : { status: 'failed', failure: answer.failure },
        )
      }
      asking.current = null
    }
    void ask()
  }, [api, version])
  return list
}
