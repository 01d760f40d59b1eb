import { type FormEvent, useState } from 'react'
import { MAX_DISPLAY_NAME_LENGTH } from '../../../protocol/limits.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { checkShownName } from '../accounts/check-join.ts'

/** A name is all it takes to begin with the server that comes with the app. */
export function StartForm({ onJoin }: { onJoin: () => void }) {
  const { api, controller } = useFerry()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [nameError, setNameError] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  async function start(): Promise<void> {
    const displayName = name.trim()
    if (displayName === '') {
      setNameError('Others will see this name; please type one')
      return
    }
    const problem = checkShownName(displayName)
    if (problem !== null) {
      setNameError(problem)
      return
    }
    setBusy(true)
    setFailure(null)
    const answer = await attempt(api.startOnThisComputer({ displayName }))
    setBusy(false)
    if (answer.ok) controller.select(answer.value.conversation)
    else setFailure(describeFailure(answer.failure))
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (!busy) void start()
  }

  return (
    <form className="welcome__form" onSubmit={onSubmit} noValidate>
      <TextField
        label="Your name"
        value={name}
        onChange={(event) => {
          setName(event.target.value)
          setNameError(null)
        }}
        error={nameError}
        autoComplete="name"
        maxLength={MAX_DISPLAY_NAME_LENGTH}
        spellCheck={false}
        // The first thing to do on the first screen.
        autoFocus
      />
      {failure !== null && (
        <p className="welcome__error" role="alert">
          {failure}
        </p>
      )}
      <div className="welcome__buttons">
        <Button type="submit" look="primary" wide aria-disabled={busy}>
          {busy && <Spinner />}
          Start on this computer
        </Button>
        <Button look="quiet" wide onClick={onJoin}>
          Join a server…
        </Button>
      </div>
    </form>
  )
}
