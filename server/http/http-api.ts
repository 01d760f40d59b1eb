import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { CreateAccountRequest, CreateSessionRequest } from '../../protocol/http/accounts.ts'
import {
  ERROR_CODES,
  type ErrorCode,
  isErrorCode,
  type WireError,
  wireError,
} from '../../protocol/wire/error.ts'
import type { AccountService } from '../accounts/account-service.ts'
import { Overloaded } from '../limits/bounded-work.ts'
import { StoreUnavailable } from '../store/store.ts'
import { clientAddress } from './client-address.ts'
import type { Health } from './health.ts'
import { readJson } from './read-json.ts'

export interface HttpApiOptions {
  readonly accounts: AccountService
  readonly health: () => Promise<Health>
  /** The text of /metrics and its content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly type: string }>
  readonly log: Logger
}

/** What a route answers. */
interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly text?: { readonly text: string; readonly type: string }
}

type Route = (request: IncomingMessage) => Promise<Answer>

/** The HTTP half of the contract: accounts, sessions, health, metrics. Everything else is `not_found`. */
export function createHttpApi({
  accounts,
  health,
  metrics,
  log,
}: HttpApiOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const routes: Readonly<Record<string, Route>> = {
    'POST /v1/accounts': async (request) => {
      const body = await readJson(request, CreateAccountRequest)
      if (!body.ok) return failure(body.error)
      const result = await accounts.create(body.value, clientAddress(request))
      return result.ok ? { status: 201, body: result.value } : failure(result.error)
    },
    'POST /v1/sessions': async (request) => {
      const body = await readJson(request, CreateSessionRequest)
      if (!body.ok) return failure(body.error)
      const result = await accounts.signIn(body.value, clientAddress(request))
      return result.ok ? { status: 200, body: result.value } : failure(result.error)
    },
    'DELETE /v1/sessions': async (request) => {
      const token = bearerToken(request)
      const ended = token !== null && (await accounts.signOut(token))
      return ended ? { status: 204 } : failure(wireError('unauthenticated', 'No such session.'))
    },
    'GET /healthz': async () => {
      const found = await health()
      return { status: found.status === 'down' ? 503 : 200, body: found }
    },
    'GET /metrics': async () => ({ status: 200, text: await metrics() }),
  }

  let requests = 0

  async function answer(request: IncomingMessage): Promise<Answer> {
    requests++
    const id = requests
    const [path] = (request.url ?? '').split('?')
    // Probes often ask for the head alone; Node leaves the body out of its answer.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = routes[`${method} ${path}`]
    if (route === undefined) return failure(wireError('not_found', 'There is nothing here.'))
    try {
      return await route(request)
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof Overloaded) {
        log.warn({ request: id, path, err: error }, 'unavailable')
        const retryAfterMs = 1_000
        return failure(wireError('unavailable', 'The server cannot do it now.', { retryAfterMs }))
      }
      log.error({ request: id, path, err: error }, 'request failed')
      return failure(wireError('internal', 'Something went wrong in the server.'))
    }
  }

  return (request, response) => {
    answer(request).then(
      (found) => respond(request, response, found),
      (error: unknown) => {
        log.error({ err: error }, 'answer failed')
        response.destroy()
      },
    )
  }
}

function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, body, text } = answer
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // What was not read of a body that is too large would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  if (text !== undefined) {
    response.writeHead(status, { 'Content-Type': text.type }).end(text.text)
  } else if (body === undefined) {
    response.writeHead(status).end()
  } else {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  }
}

function failure(error: WireError): Answer {
  const code: ErrorCode = isErrorCode(error.code) ? error.code : 'internal'
  return { status: ERROR_CODES[code].status, body: error }
}

function bearerToken({ headers }: IncomingMessage): string | null {
  const [scheme, token, ...rest] = (headers.authorization ?? '').split(' ')
  const isBearer = scheme?.toLowerCase() === 'bearer' && rest.length === 0
  return isBearer && token !== undefined && token !== '' ? token : null
}
