import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import {
  CreateAccountRequest,
  CreateSessionRequest,
  type Session,
} from '../../protocol/http/accounts.ts'
import { own } from '../../protocol/own.ts'
import {
  ERROR_CODES,
  type ErrorCode,
  isErrorCode,
  type WireError,
  wireError,
} from '../../protocol/wire/error.ts'
import type { AccountService, Result } from '../accounts/account-service.ts'
import { Abandoned } from '../limits/fair-work.ts'
import { Overloaded } from '../limits/overloaded.ts'
import { StoreUnavailable } from '../store/store.ts'
import type { Door, Visitor } from './door.ts'
import type { Health } from './health.ts'
import { readJson } from './read-json.ts'

/** Who is refused because too much is asked at once may come back after this, in ms. */
const BUSY_MS = 2_000

export interface HttpApiOptions {
  readonly door: Door
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

/** `gone` is aborted when whoever asked has hung up. */
type Route = (request: IncomingMessage, gone: AbortSignal) => Promise<Answer>

/** The HTTP half of the contract: accounts, sessions, health, metrics. Everything else is `not_found`. */
export function createHttpApi({
  door,
  accounts,
  health,
  metrics,
  log,
}: HttpApiOptions): (request: IncomingMessage, response: ServerResponse) => void {
  /** Leaves a line with the address for whoever watches the log (docs/hosting.md), and never with what was typed. */
  function told(done: string, visitor: Visitor, status: number, result: Result<Session>): Answer {
    const { address } = visitor
    if (!result.ok) {
      log.warn({ event: `${done}_refused`, address, code: result.error.code }, 'refused')
      return failure(result.error)
    }
    log.info({ event: done, address, user: result.value.user.id }, 'accounts')
    return { status, body: result.value }
  }

  const routes: Readonly<Record<string, Route>> = {
    'POST /v1/accounts': async (request, gone) => {
      const body = await readJson(request, CreateAccountRequest)
      if (!body.ok) return failure(body.error)
      const visitor = door.visitor(request)
      const result = await accounts.create(body.value, { ...visitor, gone })
      return told('registration', visitor, 201, result)
    },
    'POST /v1/sessions': async (request, gone) => {
      const body = await readJson(request, CreateSessionRequest)
      if (!body.ok) return failure(body.error)
      const visitor = door.visitor(request)
      const result = await accounts.signIn(body.value, { ...visitor, gone })
      return told('sign_in', visitor, 200, result)
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
    'GET /metrics': async (request) =>
      door.showsMetrics(request)
        ? { status: 200, text: await metrics() }
        : failure(wireError('forbidden', 'Asked from elsewhere: see --metrics.')),
  }

  let requests = 0

  async function answer(request: IncomingMessage, gone: AbortSignal): Promise<Answer> {
    requests++
    const id = requests
    const refusal = door.refusal(request)
    if (refusal !== null) return failure(wireError('forbidden', refusal))
    const [path] = (request.url ?? '').split('?')
    // Probes often ask for the head alone; Node leaves the body out of its answer.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const name = `${method} ${path}`
    const route = own(routes, name)
    if (route === undefined) return failure(wireError('not_found', 'There is nothing here.'))
    try {
      return await route(request, gone)
    } catch (error) {
      if (gone.aborted || error instanceof Abandoned) {
        log.debug({ request: id, path, err: error }, 'hung up')
        return failure(wireError('unavailable', 'Nobody hears this.'))
      }
      if (error instanceof Overloaded) {
        const retryAfterMs = BUSY_MS
        return failure(
          wireError('rate_limited', 'Too much at once: wait a little.', { retryAfterMs }),
        )
      }
      if (error instanceof StoreUnavailable) {
        log.warn({ request: id, path, err: error }, 'unavailable')
        const retryAfterMs = 1_000
        return failure(wireError('unavailable', 'The server cannot do it now.', { retryAfterMs }))
      }
      log.error({ request: id, path, err: error }, 'request failed')
      return failure(wireError('internal', 'Something went wrong in the server.'))
    }
  }

  return (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    answer(request, gone.signal).then(
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
