import { type FormEvent, useRef, useState } from 'react'
import { MAX_DISPLAY_NAME_LENGTH, MAX_USERNAME_LENGTH } from '../../../protocol/limits.ts'
import { describeSignInFailure } from '../../text/describe-sign-in.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { JoinFields, JoinWay } from './check-join.ts'
import { type Join, useJoin } from './use-join.ts'
import './join-form.css'

interface JoinFormProps {
  /** Accessible name. */
  label: string
  /** The address to begin with; empty for none. */
  address: string
  /** Another account may take the place of the one that is signed out. */
  keepOther?: boolean
  /** null where there is nothing to go back to. */
  onBack: (() => void) | null
}

/**
 * Address, name and password of a server. Two ways lead from there: signing in, and creating an account, for which a
 * name that others see may be given. Enter goes the way that is drawn as the first one.
 */
export function JoinForm({ label, address, keepOther = false, onBack }: JoinFormProps) {
  const [fields, setFields] = useState<JoinFields>({
    address,
    username: '',
    password: '',
    displayName: '',
  })
  const [way, setWay] = useState<JoinWay>('signIn')
  const form = useRef<HTMLFormElement>(null)
  const join = useJoin({ fields, form, keepOther })
  const { errors } = join

  function change(part: Partial<JoinFields>): void {
    setFields({ ...fields, ...part })
    join.changed()
    if (part.displayName !== undefined) {
      setWay(part.displayName.trim() === '' ? 'signIn' : 'createAccount')
    }
  }

  function choose(chosen: JoinWay): void {
    setWay(chosen)
    void join.go(chosen)
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    void join.go(way)
  }

  return (
    <form className="join" aria-label={label} ref={form} onSubmit={onSubmit} noValidate>
      <TextField
        label="Server address"
        value={fields.address}
        onChange={(event) => change({ address: event.target.value })}
        error={errors.address ?? null}
        placeholder="chat.example.org"
        inputMode="url"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={address === ''}
      />
      <TextField
        label="Username"
        value={fields.username}
        onChange={(event) => change({ username: event.target.value })}
        error={errors.username ?? null}
        maxLength={MAX_USERNAME_LENGTH}
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={address !== ''}
      />
      <PasswordField
        label="Password"
        value={fields.password}
        onChange={(event) => change({ password: event.target.value })}
        error={errors.password ?? null}
        autoComplete={way === 'signIn' ? 'current-password' : 'new-password'}
      />
      <Outcome join={join} />
      <WayButton way="signIn" join={join} first={way === 'signIn'} onChoose={choose} />
      <section className="join__new" aria-label="New here">
        <p className="join__divider">New on this server?</p>
        <TextField
          label="Display name (optional)"
          hint="What others see; without one, it is your username"
          value={fields.displayName}
          onChange={(event) => change({ displayName: event.target.value })}
          error={errors.displayName ?? null}
          maxLength={MAX_DISPLAY_NAME_LENGTH}
          autoComplete="name"
          spellCheck={false}
        />
        <WayButton
          way="createAccount"
          join={join}
          first={way === 'createAccount'}
          onChoose={choose}
        />
      </section>
      {onBack !== null && (
        <Button look="quiet" wide onClick={onBack}>
          Back
        </Button>
      )}
    </form>
  )
}

interface WayButtonProps {
  way: JoinWay
  join: Join
  /** Whether Enter does this. */
  first: boolean
  onChoose: (way: JoinWay) => void
}

function WayButton({ way, join, first, onChoose }: WayButtonProps) {
  const busy = join.state.kind === 'busy'
  return (
    <Button
      wide
      look={first ? 'primary' : 'secondary'}
      type={first ? 'submit' : 'button'}
      aria-disabled={busy}
      {...(first || busy ? {} : { onClick: () => onChoose(way) })}
    >
      {join.state.kind === 'busy' && join.state.way === way && <Spinner />}
      {way === 'signIn' ? 'Sign in' : 'Create account'}
    </Button>
  )
}

/** What went wrong, or what has to be asked first. */
function Outcome({ join: { state, go, changed } }: { join: Join }) {
  switch (state.kind) {
    case 'idle':
    case 'busy':
      return null
    case 'failed':
      return (
        <p className="join__error" role="alert">
          {describeSignInFailure(state.failure, state.host)}
        </p>
      )
    case 'insecure':
      return (
        <div className="join__question" role="alert">
          <p>
            The connection to {state.host} would not be encrypted: whoever is on the way can read
            your password and all messages. Go on only in a network that you trust.
          </p>
          <div className="join__answers">
            <Button small look="danger" onClick={() => void go(state.way, true)}>
              Go on unencrypted
            </Button>
            <Button small onClick={changed}>
              Cancel
            </Button>
          </div>
        </div>
      )
  }
}
