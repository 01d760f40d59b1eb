import type { ConnectionView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attemptPlain } from '../../state/bridge.ts'
import { NETWORK_WORDS } from '../../text/describe-status.ts'
import { Button } from '../../ui/button.tsx'
import { useSecondsLeft } from '../../ui/countdown.ts'
import './connection-status.css'

/** Whether there is a connection, when the next try comes, and a way not to wait for it [O13, S5]. */
export function ConnectionStatus() {
  const { api, controller } = useFerry()
  const app = useModel((model) => model.app)
  const connection = app?.state.connection ?? { status: 'connecting' }
  const deadline =
    app !== null && connection.status === 'offline' ? app.receivedAt + connection.retryInMs : null
  const seconds = useSecondsLeft(deadline)

  async function tryNow(): Promise<void> {
    const answer = await attemptPlain(api.tryNow())
    if (!answer.ok) controller.fail('Ferry could not try to connect')
  }

  return (
    <div className="connection">
      <span className={`connection__dot connection__dot--${connection.status}`} />
      <div className="connection__words">
        <p role="status" aria-label="Connection" aria-live="off" className="connection__status">
          {describe(connection, seconds)}
        </p>
        {connection.status === 'offline' && (
          <p className="connection__reason">{NETWORK_WORDS[connection.reason]}</p>
        )}
      </div>
      {(connection.status === 'offline' || connection.status === 'outdated') && (
        <Button small onClick={() => void tryNow()}>
          Try now
        </Button>
      )}
    </div>
  )
}

function describe(connection: ConnectionView, seconds: number): string {
  switch (connection.status) {
    case 'online':
      return 'Online'
    case 'connecting':
      return 'Connecting…'
    case 'offline':
      return `Offline, next try in ${seconds} s`
    case 'signed-out':
      return 'Signed out'
    case 'outdated':
      return 'This server needs a newer Ferry'
  }
}
