import { useState } from 'react'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import './damaged-server.css'

/** That the server on this computer does not start, as its data are damaged, and what to do. */
export function DamagedServer() {
  const { api } = useFerry()
  const path = useModel((model) => model.app?.state.damagedServer ?? null)
  const [isAsked, setAsked] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  if (path === null) return null

  async function setAside(): Promise<void> {
    setAsked(false)
    const answer = await attempt(api.setServerDataAside())
    setProblem(answer.ok ? null : describeFailure(answer.failure))
  }

  return (
    <section className="damaged-server" role="alert" aria-label="Damaged server data">
      <p>
        <strong>The data of the server on this computer is damaged</strong>, so it does not start.
        What you write is kept and waits. Put a backup in place of the file, or set it aside and
        start anew: <span className="damaged-server__path selectable">{path}</span>
      </p>
      {problem !== null && <p className="damaged-server__problem">{problem}.</p>}
      <Button small onClick={() => setAsked(true)}>
        Set aside and start anew
      </Button>
      {isAsked && (
        <Modal
          title="Set aside and start anew?"
          description={`The server begins with an empty database. Your account and conversations are made again, and your own messages come back as not sent, for you to retry; messages of others are lost with the server’s data. Nothing is deleted: the files move to the folder “set-aside” beside ${path}.`}
          onClose={() => setAsked(false)}
        >
          <div className="dialog__buttons">
            <Button onClick={() => setAsked(false)}>Cancel</Button>
            <Button look="primary" onClick={() => void setAside()}>
              Set aside
            </Button>
          </div>
        </Modal>
      )}
    </section>
  )
}
