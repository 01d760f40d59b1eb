import { type RefObject, useState } from 'react'
import { isReadableOnTheWay } from '../../../protocol/insecure-address.ts'
import type { FailureView } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { checkJoin, type JoinErrors, type JoinFields, type JoinWay } from './check-join.ts'
import { hostOf, parseServerAddress } from './server-address.ts'

/** How a try stands: nothing yet, under way, a question about the address, or what went wrong. */
type JoinState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy'; readonly way: JoinWay }
  | { readonly kind: 'insecure'; readonly way: JoinWay; readonly host: string }
  | { readonly kind: 'failed'; readonly failure: FailureView; readonly host: string }

export interface Join {
  readonly state: JoinState
  readonly errors: JoinErrors
  /** Signs in or creates the account; `confirmed`: the user knows that it can be read on the way. */
  readonly go: (way: JoinWay, confirmed?: boolean) => Promise<void>
  /** The fields changed: what was said of them may no longer hold. */
  readonly changed: () => void
}

interface JoinPorts {
  readonly fields: JoinFields
  readonly form: RefObject<HTMLElement | null>
  /** Another account may take the place of the one that is signed out. */
  readonly keepOther: boolean
}

/** Carries out what the form to join a server asks for. */
export function useJoin({ fields, form, keepOther }: JoinPorts): Join {
  const { api, composers } = useFerry()
  const [state, setState] = useState<JoinState>({ kind: 'idle' })
  const [errors, setErrors] = useState<JoinErrors>({})

  async function go(way: JoinWay, confirmed = false): Promise<void> {
    if (state.kind === 'busy') return
    const found = checkJoin(way, fields)
    const serverUrl = parseServerAddress(fields.address)
    setErrors(found)
    setState({ kind: 'idle' })
    if (serverUrl === null || Object.keys(found).length > 0) {
      window.requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
      )
      return
    }
    const host = hostOf(serverUrl)
    if (isReadableOnTheWay(new URL(serverUrl)) && !confirmed) {
      setState({ kind: 'insecure', way, host })
      return
    }
    setState({ kind: 'busy', way })
    // What stands in boxes belongs to the account that is left.
    composers.flush()
    const displayName = fields.displayName.trim()
    const argument = {
      serverUrl,
      username: fields.username.trim(),
      password: fields.password,
      ...(keepOther ? { keepOther } : {}),
      ...(confirmed ? { confirmedInsecure: true } : {}),
    }
    const answer = await attempt(
      way === 'signIn'
        ? api.signIn(argument)
        : api.createAccount({ ...argument, ...(displayName === '' ? {} : { displayName }) }),
    )
    setState(answer.ok ? { kind: 'idle' } : { kind: 'failed', failure: answer.failure, host })
  }

  return {
    state,
    errors,
    go,
    changed() {
      if (Object.keys(errors).length > 0) setErrors({})
      if (state.kind !== 'busy' && state.kind !== 'idle') setState({ kind: 'idle' })
    },
  }
}
