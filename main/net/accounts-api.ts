import type { z } from 'zod'
import {
  type CreateAccountRequest,
  type CreateSessionRequest,
  HttpError,
  Session,
} from '../../protocol/http/accounts.ts'
import type { Failure } from '../../protocol/wire/failure.ts'
import type { Timers } from '../sync/clock.ts'
import { networkReason, reasonOfHttpStatus } from './network-reason.ts'
import { isServerUrl } from './server-url.ts'

/** Longest a call may take, in ms, its answer included. */
export const HTTP_TIMEOUT_MS = 10_000
/** Largest answer that is read, in bytes; ours are far below. */
const MAX_ANSWER_BYTES = 64 * 1024

type HttpOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/** Accounts and sessions over HTTP. Nothing rejects. `serverUrl` is a base address, `http:` or `https:`. */
export interface AccountsApi {
  /** `appSecret`: to the bundled server, which takes accounts from this app alone. */
  createAccount(
    serverUrl: string,
    request: CreateAccountRequest,
    appSecret?: string,
  ): Promise<HttpOutcome<Session>>
  createSession(
    serverUrl: string,
    request: CreateSessionRequest,
    appSecret?: string,
  ): Promise<HttpOutcome<Session>>
  deleteSession(serverUrl: string, token: string): Promise<HttpOutcome<null>>
}

/** The calls of contract.md section 2, with the runtime's own fetch. */
export function accountsApi(ports: { readonly timers: Timers }): AccountsApi {
  const { timers } = ports
  return {
    createAccount: (serverUrl, request, appSecret) =>
      post(timers, serverUrl, 'v1/accounts', { body: JSON.stringify(request), appSecret }),
    createSession: (serverUrl, request, appSecret) =>
      post(timers, serverUrl, 'v1/sessions', { body: JSON.stringify(request), appSecret }),
    deleteSession: async (serverUrl, token) => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await call(timers, serverUrl, 'v1/sessions', { method: 'DELETE', headers })
      if (!answer.ok) return answer
      return answer.value.status === 204 ? { ok: true, value: null } : refusal(answer.value)
    },
  }
}

async function post(
  timers: Timers,
  serverUrl: string,
  path: string,
  { body, appSecret }: { body: string; appSecret: string | undefined },
): Promise<HttpOutcome<Session>> {
  const headers = {
    'content-type': 'application/json',
    ...(appSecret !== undefined && { 'ferry-app-secret': appSecret }),
  }
  const answer = await call(timers, serverUrl, path, { method: 'POST', headers, body })
  if (!answer.ok) return answer
  const session = isSuccess(answer.value) ? parse(Session, answer.value.text) : null
  return session === null ? refusal(answer.value) : { ok: true, value: session }
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** One call, ended by its time whatever the server does. Redirects are not followed: they would carry a password off. */
async function call(
  timers: Timers,
  serverUrl: string,
  path: string,
  init: RequestInit,
): Promise<HttpOutcome<Answer>> {
  if (!isServerUrl(serverUrl)) return unreachable({ kind: 'network', reason: 'unknown' })
  const abort = new AbortController()
  const cancel = timers.set(HTTP_TIMEOUT_MS, () => abort.abort())
  try {
    const url = new URL(path, serverUrl.endsWith('/') ? serverUrl : `${serverUrl}/`)
    const response = await fetch(url, { ...init, redirect: 'manual', signal: abort.signal })
    const text = await readBounded(response)
    return { ok: true, value: { status: response.status, text } }
  } catch (error) {
    if (abort.signal.aborted) return unreachable({ kind: 'timeout' })
    return unreachable({ kind: 'network', reason: networkReason(error, 'unknown') })
  } finally {
    cancel()
  }
}

function unreachable(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure }
}

/** An answer that is no success: the server's error, or the sign that this is not our server. */
function refusal(answer: Answer): { ok: false; failure: Failure } {
  const error = isSuccess(answer) ? null : parse(HttpError, answer.text)
  if (error !== null) return { ok: false, failure: { kind: 'answered', error } }
  return unreachable({ kind: 'network', reason: reasonOfHttpStatus(answer.status) })
}

function isSuccess({ status }: Answer): boolean {
  return status === 200 || status === 201
}

/** The text of an answer; one that is too long to be ours is cut, and then does not parse. */
async function readBounded(response: Response): Promise<string> {
  const { body } = response
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON: an answer that is not ours, which the caller names as such.
    return null
  }
}
