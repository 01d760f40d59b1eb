import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { wireError } from '../../protocol/wire/error.ts'
import type { ReplyOf, RequestOf } from '../../protocol/wire/request.ts'
import {
  FEATURES,
  FIRST_PROTOCOL,
  MIN_CLIENT_PROTOCOL,
  PROTOCOL_VERSION,
} from '../../protocol/wire/versions.ts'
import type { AccountService, KnownSession } from '../accounts/account-service.ts'
import { refuse } from '../domain/refusal.ts'
import type { Hub } from '../stream/hub.ts'
import type { Receiver } from '../stream/receiver.ts'
import type { Session } from '../stream/session.ts'
import { VERSION } from '../version.ts'
import { MAX_SOCKETS_A_USER } from './limits.ts'
import { type Answer, answer } from './request-handler.ts'

export interface GreetingContext {
  readonly accounts: AccountService
  readonly hub: Hub
  readonly editWindowMs: number
  /** Name of the database's life: cursors of another one mean nothing. */
  readonly instance: string
  /** ISO 8601, of a database that was put back from a backup. */
  readonly restoredTo: string | null
  /** The oldest client that is greeted; this version's own unless told otherwise. */
  readonly minProtocol?: number
}

/** How a hello was answered: the connection is subscribed, or closes with a code after the answer. */
export type Greeting =
  | {
      readonly ok: true
      readonly session: Session
      readonly known: KnownSession
      readonly answer: Answer
    }
  | { readonly ok: false; readonly answer: Answer & { ok: false }; readonly closeCode: CloseCode }

/**
 * Answers a hello: finds the session of the token and subscribes to all that its user may read [V5]. Rejects with
 * StoreUnavailable. Nothing is sent to the session before session.begin().
 */
export async function greet(
  hello: RequestOf<'hello'>,
  receiverFor: (known: KnownSession) => Receiver,
  context: GreetingContext,
): Promise<Greeting> {
  const { accounts, hub, editWindowMs, instance, restoredTo } = context
  const { minProtocol = MIN_CLIENT_PROTOCOL } = context
  if ((hello.protocol ?? FIRST_PROTOCOL) < minProtocol) return tooOld(minProtocol)
  const known = await accounts.session(hello.token)
  if (known === null) return signInAgain()
  if (hub.sessionsOf(known.user.id).size >= MAX_SOCKETS_A_USER) {
    const error = wireError('rate_limited', 'Too many connections of one user.', {
      retryAfterMs: 10_000,
    })
    return { ok: false, answer: { ok: false, error }, closeCode: CloseCode.tryAgainLater }
  }
  const { session, heads } = await hub.open(
    receiverFor(known),
    new Map(Object.entries(hello.cursors)),
  )
  // A revocation may have come between; from here on it finds the session in the hub [V6].
  const still = await accounts.sessionOfHash(known.tokenHash).catch((error: unknown) => {
    hub.close(session)
    throw error
  })
  if (still === null) {
    hub.close(session)
    return signInAgain()
  }
  const reply: Omit<ReplyOf<'hello'>, 're' | 'ok'> = {
    user: known.user,
    server: {
      version: VERSION,
      editWindowMs,
      maxBodyBytes: MAX_BODY_BYTES,
      instance,
      ...(restoredTo !== null && { restoredTo }),
      ordered: true,
      ...{ protocol: PROTOCOL_VERSION, minProtocol, features: [...FEATURES] },
    },
    heads: Object.fromEntries(heads),
  }
  return { ok: true, session, known: still, answer: answer(reply) }
}

/** Told before anything else: what such a client says may not mean what we read in it [G2]. */
function tooOld(minProtocol: number): Greeting {
  const error = wireError('client_too_old', 'This server needs a newer client.', {
    details: { minProtocol },
  })
  return { ok: false, answer: { ok: false, error }, closeCode: CloseCode.clientTooOld }
}

function signInAgain(): Greeting {
  return {
    ok: false,
    answer: refuse('unauthenticated', 'Sign in again.'),
    closeCode: CloseCode.unauthenticated,
  }
}
