import { type FormEvent, useState } from 'react'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeSignInFailure } from '../../text/describe-failure.ts'
import { count } from '../../text/numbers.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import './signed-out.css'

/** Signing in again in place: everything stays on screen, and what waits goes out afterwards [O8]. */
export function SignedOut() {
  const signedOut = useModel(
    (model) =>
      model.app?.state.session.status === 'signed-out' ||
      model.app?.state.connection.status === 'signed-out',
  )
  const session = useModel((model) => model.app?.state.session ?? null)
  if (!signedOut || session === null) return null
  if (session.status !== 'signed-in' && session.status !== 'signed-out') return null
  return <SignInAgain username={session.user.username} server={session.server} />
}

interface SignInAgainProps {
  username: string
  server: { kind: 'bundled' | 'remote'; url: string }
}

function SignInAgain({ username: known, server }: SignInAgainProps) {
  const { api } = useFerry()
  const parked = useModel((model) => model.app?.state.outbox.waiting ?? 0)
  const [username, setUsername] = useState(known)
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  async function signIn(): Promise<void> {
    if (password === '' || username.trim() === '') {
      setFailure('Please type your username and password')
      return
    }
    setBusy(true)
    setFailure(null)
    const answer = await attempt(
      api.signIn({ serverUrl: server.url, username: username.trim(), password }),
    )
    setBusy(false)
    if (!answer.ok) setFailure(describeSignInFailure(answer.failure))
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (!busy) void signIn()
  }

  return (
    <form className="signed-out" aria-label="Sign in again" onSubmit={onSubmit} noValidate>
      <p className="signed-out__text">
        <strong>You are signed out.</strong>{' '}
        {parked === 0
          ? 'Everything is still here; new messages arrive after you sign in.'
          : `Everything is still here, and ${count(parked, 'change')} will go out after you sign in.`}
      </p>
      <div className="signed-out__fields">
        <TextField
          label="Username"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
            setFailure(null)
          }}
          autoComplete="current-password"
        />
        <Button type="submit" look="primary" aria-disabled={busy}>
          {busy && <Spinner />}
          Sign in
        </Button>
      </div>
      {failure !== null && (
        <p className="signed-out__error" role="alert">
          {failure}
        </p>
      )}
    </form>
  )
}
