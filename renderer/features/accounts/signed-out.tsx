import { type FormEvent, type RefObject, useRef, useState } from 'react'
import type { SessionView } from '../../../protocol/ipc/views.ts'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeSignInFailure } from '../../text/describe-sign-in.ts'
import { count } from '../../text/numbers.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { JoinForm } from './join-form.tsx'
import { describePlace, OtherAccounts } from './other-accounts.tsx'
import { hostOf } from './server-address.ts'
import './signed-out.css'

type Known = Extract<SessionView, { status: 'signed-in' | 'signed-out' }>
/** Who shall be signed in: the same account, another one of this server, or one of another server. */
type Choice = 'same' | 'account' | 'server'

/**
 * Signing in again in place: everything stays on screen, and what waits goes out afterwards [O8]. Or leaving the place
 * to somebody else, with what waits kept for whom it is of.
 */
export function SignedOut() {
  const signedOut = useModel(
    (model) =>
      model.app?.state.session.status === 'signed-out' ||
      model.app?.state.connection.status === 'signed-out',
  )
  const session = useModel((model) => model.app?.state.session ?? null)
  if (!signedOut || session === null) return null
  if (session.status !== 'signed-in' && session.status !== 'signed-out') return null
  return <Choices key={session.user.id} session={session} />
}

function Choices({ session }: { session: Known }) {
  const { user, server } = session
  const outbox = useModel((model) => model.app?.state.outbox ?? null)
  const waiting = outbox?.waiting ?? 0
  const kept = waiting + (outbox?.failed ?? 0)
  const [choice, setChoice] = useState<Choice>('same')
  const password = useRef<HTMLInputElement>(null)
  const who = <bdi>{user.displayName}</bdi>
  return (
    <section className="signed-out" aria-label="Signed out">
      <p className="signed-out__text">
        <strong>You are signed out.</strong>{' '}
        {waiting === 0 ? (
          'Everything is still here; new messages arrive after you sign in.'
        ) : (
          <>
            Everything is still here, and {count(waiting, 'change')} of {who} (
            {describePlace(session)}) will go out after {who} signs in.
          </>
        )}
      </p>
      <div className="signed-out__choices">
        <Button
          small
          aria-pressed={choice === 'same'}
          onClick={() => {
            setChoice('same')
            password.current?.focus()
          }}
        >
          <span>Sign in as {who}</span>
        </Button>
        <Button small aria-pressed={choice === 'account'} onClick={() => setChoice('account')}>
          <span>
            Use another account
            {kept > 0 && <> (keeps {who}’s outbox)</>}
          </span>
        </Button>
        <Button small aria-pressed={choice === 'server'} onClick={() => setChoice('server')}>
          Another server
        </Button>
      </div>
      {choice === 'same' ? (
        <SignInAgain session={session} password={password} />
      ) : (
        <div className="signed-out__other">
          {kept > 0 && (
            <p className="signed-out__note">
              What waits stays on this computer. It is sent only when {who} signs in again.
            </p>
          )}
          <OtherAccounts />
          <JoinForm
            key={choice}
            label={choice === 'account' ? 'Use another account' : 'Another server'}
            address={choice === 'account' && server.kind === 'remote' ? server.url : ''}
            keepOther
            onBack={() => setChoice('same')}
          />
        </div>
      )}
    </section>
  )
}

interface SignInAgainProps {
  session: Known
  password: RefObject<HTMLInputElement | null>
}

function SignInAgain({ session, password: field }: SignInAgainProps) {
  const { api } = useFerry()
  const { user, server } = session
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const isOwn = server.kind === 'bundled'

  async function signIn(): Promise<void> {
    if (!isOwn && password === '') {
      setFailure('Please type your password')
      return
    }
    setBusy(true)
    setFailure(null)
    const answer = await attempt(
      isOwn
        ? api.startOnThisComputer({ displayName: user.displayName })
        : api.signIn({
            serverUrl: server.url,
            username: user.username,
            password,
            // The first sign-in to this address was asked about.
            confirmedInsecure: true,
          }),
    )
    setBusy(false)
    if (!answer.ok) setFailure(describeSignInFailure(answer.failure, hostOf(server.url)))
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (!busy) void signIn()
  }

  return (
    <form className="signed-out__form" aria-label="Sign in again" onSubmit={onSubmit} noValidate>
      <div className="signed-out__fields">
        {!isOwn && (
          <>
            <TextField label="Username" autoComplete="username" value={user.username} readOnly />
            <PasswordField
              ref={field}
              label="Password"
              value={password}
              onChange={(event) => {
                setPassword(event.target.value)
                setFailure(null)
              }}
              autoComplete="current-password"
            />
          </>
        )}
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
