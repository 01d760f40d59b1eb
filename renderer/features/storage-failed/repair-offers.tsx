import { useState } from 'react'
import type { RepairWay } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'

const WORDS = {
  recover: {
    offer: 'Bring everything back',
    title: 'Bring everything back?',
    text: 'All of it is still in the log beside the file. Ferry puts it together again.',
    confirm: 'Bring back',
  },
  rebuild: {
    offer: 'Keep what can be read',
    title: 'Keep what can be read and go on?',
    text: 'What waits to be sent, your drafts and your account are kept as far as they can be read. Messages come from the server again.',
    confirm: 'Keep and go on',
  },
  'start-anew': {
    offer: 'Set aside and start anew',
    title: 'Set aside and start anew?',
    text: 'Ferry begins like on a new computer: sign in again, and your conversations come from the server. What was not sent yet stays in the files set aside.',
    confirm: 'Set aside',
  },
} as const satisfies { readonly [Way in RepairWay]: object }

/** What can be done about data that cannot be used, each asked about first: where the files go, and that they stay. */
export function RepairOffers({ ways, path }: { ways: readonly RepairWay[]; path: string }) {
  const { api } = useFerry()
  const [asked, setAsked] = useState<RepairWay | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  async function go(way: RepairWay): Promise<void> {
    setAsked(null)
    const answer = await attempt(api.repairData({ way }))
    setProblem(answer.ok ? null : describeFailure(answer.failure))
  }

  return (
    <>
      {ways.map((way) => (
        <Button key={way} onClick={() => setAsked(way)}>
          {WORDS[way].offer}
        </Button>
      ))}
      {problem !== null && (
        <p className="storage-failed__problem" role="alert">
          {problem}.
        </p>
      )}
      {asked !== null && (
        <Modal
          title={WORDS[asked].title}
          description={`${WORDS[asked].text} Nothing is deleted: the files move to the folder “set-aside” beside ${path}.`}
          onClose={() => setAsked(null)}
        >
          <div className="dialog__buttons">
            <Button onClick={() => setAsked(null)}>Cancel</Button>
            <Button look="primary" onClick={() => void go(asked)}>
              {WORDS[asked].confirm}
            </Button>
          </div>
        </Modal>
      )}
    </>
  )
}
