import { type FormEvent, useRef, useState } from 'react'
import {
  MAX_USERNAME_LENGTH,
  MIN_PASSWORD_LENGTH,
  USERNAME_PATTERN,
} from '../../../protocol/limits.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeSignInFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { parseServerAddress } from './server-address.ts'

type Wish = 'signIn' | 'createAccount'
type Errors = { address?: string; username?: string; password?: string }

interface JoinFormProps {
  /** The address that was given from outside, if any. */
  serverUrl: string | null
  /** null where there is nothing to go back to. */
  onBack: (() => void) | null
}

/** Address, name and password of a server: to sign in, or to create an account. */
export function JoinForm({ serverUrl, onBack }: JoinFormProps) {
  const { api } = useFerry()
  const [address, setAddress] = useState(serverUrl ?? '')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState<Wish | null>(null)
  const [errors, setErrors] = useState<Errors>({})
  const [failure, setFailure] = useState<string | null>(null)
  const form = useRef<HTMLFormElement>(null)

  async function go(wish: Wish): Promise<void> {
    if (busy !== null) return
    const url = parseServerAddress(address)
    const name = username.trim()
    const found = check(wish, url, name, password)
    setErrors(found)
    setFailure(null)
    if (url === null || Object.keys(found).length > 0) {
      window.requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
      )
      return
    }
    setBusy(wish)
    const answer = await attempt(api[wish]({ serverUrl: url, username: name, password }))
    setBusy(null)
    if (!answer.ok) setFailure(describeSignInFailure(answer.failure))
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    void go('signIn')
  }

  return (
    <form className="welcome__form" ref={form} onSubmit={onSubmit} noValidate>
      <TextField
        label="Server address"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        error={errors.address ?? null}
        placeholder="chat.example.org"
        inputMode="url"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={serverUrl === null}
      />
      <TextField
        label="Username"
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        error={errors.username ?? null}
        maxLength={MAX_USERNAME_LENGTH}
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={serverUrl !== null}
      />
      <TextField
        label="Password"
        type="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={errors.password ?? null}
        autoComplete="current-password"
      />
      {failure !== null && (
        <p className="welcome__error" role="alert">
          {failure}
        </p>
      )}
      <div className="welcome__buttons">
        <Button type="submit" look="primary" wide aria-disabled={busy !== null}>
          {busy === 'signIn' && <Spinner />}
          Sign in
        </Button>
        <Button wide aria-disabled={busy !== null} onClick={() => void go('createAccount')}>
          {busy === 'createAccount' && <Spinner />}
          Create account
        </Button>
        {onBack !== null && (
          <Button look="quiet" wide onClick={onBack}>
            Back
          </Button>
        )}
      </div>
    </form>
  )
}

function check(wish: Wish, url: string | null, username: string, password: string): Errors {
  const passwordError = checkPassword(wish, password)
  return {
    ...(url === null ? { address: 'This is not a server address' } : {}),
    ...(USERNAME_PATTERN.test(username)
      ? {}
      : { username: 'Letters, digits and . _ - only, at least one' }),
    ...(passwordError === null ? {} : { password: passwordError }),
  }
}

function checkPassword(wish: Wish, password: string): string | null {
  if (password === '') return 'Please type your password'
  if (wish === 'createAccount' && password.length < MIN_PASSWORD_LENGTH) {
    return `A new password needs at least ${MIN_PASSWORD_LENGTH} characters`
  }
  return null
}
