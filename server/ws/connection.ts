import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type WebSocket from 'ws'
import { HELLO_TIMEOUT_MS, MAX_FRAME_BYTES } from '../../protocol/limits.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import type { Op, Request, RequestOf } from '../../protocol/wire/request.ts'
import { EXTEND_AFTER_MS, type KnownSession, SESSION_MS } from '../accounts/account-service.ts'
import { refuse } from '../domain/refusal.ts'
import { Overloaded } from '../limits/overloaded.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { StoreUnavailable } from '../store/store.ts'
import { pushFrame, textFrame } from '../stream/frames.ts'
import type { Presence } from '../stream/presence.ts'
import type { Receiver } from '../stream/receiver.ts'
import type { Session } from '../stream/session.ts'
import type { Cancel, Timing } from '../timing.ts'
import { askerOf } from './asker.ts'
import { type DoorKeeper, Doorstep, type Strangers, type Frame as TakenFrame } from './doorstep.ts'
import { FlowControl } from './flow-control.ts'
import { type GreetingContext, greet } from './greeting.ts'
import { SHORT_CLOSING_MS } from './limits.ts'
import { Liveness } from './liveness.ts'
import type { Pace } from './rate-limits.ts'
import { readFrame } from './read-frame.ts'
import {
  type Answer,
  type AnyRequest,
  type Asker,
  encodeAnswer,
  internal,
  unavailable,
} from './request-handler.ts'
import { SocketOutlet, type Turn } from './socket-outlet.ts'

/** What all connections share. */
export interface ConnectionContext extends GreetingContext {
  readonly presence: Presence
  readonly handle: (request: AnyRequest, asker: Asker) => Promise<Answer>
  readonly pace: (now: number) => Pace
  readonly metrics: Metrics
  readonly log: Logger
  readonly timing: Timing
  readonly turn: Turn
  readonly strangers: Strangers
}

type State =
  | { readonly phase: 'new'; readonly cancelTimeout: Cancel }
  /** Hello is being answered; requests that came meanwhile wait. */
  | { readonly phase: 'greeting'; readonly waiting: AnyRequest[] }
  | {
      readonly phase: 'greeted'
      readonly session: Session
      readonly asker: Asker
      readonly known: KnownSession
    }
  | { readonly phase: 'closed' }

/** What is answered with much. */
const PAGES: ReadonlySet<Op> = new Set<Op>(['events', 'history', 'receipts'])
/** How long to wait before asking again to have a session extended, in ms. */
const RECHECK_MS = 60_000

/** One socket, from its first frame to its end. */
export class Connection {
  readonly #id: number
  readonly #context: ConnectionContext
  readonly #ws: WebSocket
  readonly #socket: Socket
  readonly #outlet: SocketOutlet
  readonly #liveness: Liveness
  readonly #flow: FlowControl
  readonly #doorstep: Doorstep
  #state: State
  /** When the session was last asked after, ms. */
  #recheckedAt = Number.NEGATIVE_INFINITY
  /** Settles when the last page that was asked for has been answered. */
  #pages: Promise<void> = Promise.resolve()

  /** @param network whom the connection is counted for until it is known whose it is */
  constructor(
    id: number,
    ws: WebSocket,
    socket: Socket,
    network: string,
    context: ConnectionContext,
  ) {
    this.#id = id
    this.#context = context
    this.#ws = ws
    this.#socket = socket
    const { timing, turn } = context
    const now = timing.monotonicMs()
    this.#doorstep = new Doorstep(context.strangers, network, this.#doorKeeper())
    this.#liveness = new Liveness(now)
    this.#flow = new FlowControl(ws, context.pace(now), timing)
    this.#outlet = new SocketOutlet(socket, turn, () => this.#tooSlow())
    const cancelTimeout = timing.later(() => {
      this.close(CloseCode.noHello, wireError('unauthenticated', 'No hello came.'))
    }, HELLO_TIMEOUT_MS)
    this.#state = { phase: 'new', cancelTimeout }
    // Frames come as one Buffer each: that is what the server's socket is set to.
    ws.on('message', (data, isBinary) => this.#take(data as Buffer, isBinary))
    ws.on('unreadable', (code: number) => this.#refuseUnreadable(code))
    ws.on('ping', () => this.#liveness.heard(timing.monotonicMs()))
    ws.on('pong', () => this.#liveness.heard(timing.monotonicMs()))
    ws.on('error', (err) => context.log.debug({ connection: id, err }, 'socket failed'))
    ws.on('close', () => this.#end())
  }

  /** Says why, then closes; nothing else is sent after this. */
  close(code: CloseCode, error: WireError): void {
    if (this.#state.phase === 'closed') return
    const isStranger = this.#state.phase !== 'greeted'
    this.#context.log.info({ connection: this.#id, code, reason: error.code }, 'closing')
    this.#end()
    this.#outlet.writeLast(pushFrame({ push: 'bye', error }))
    this.#ws.close(code, error.code)
    // What comes is not looked at any more, but the answer to the closing is among it.
    this.#flow.end()
    if (isStranger) this.#cutSoon()
  }

  /** Takes no more requests; resolves when all that were taken are answered. */
  async stop(): Promise<void> {
    this.#flow.pause('stop')
    await this.#flow.idle()
  }

  /** Ends the socket without a word. */
  terminate(): void {
    this.#ws.terminate()
  }

  /** Bytes that wait for the peer in this process. */
  get waiting(): number {
    return this.#socket.writableLength
  }

  /** Closes one that does not read, for the sake of the others: it is not waited for until it has taken all. */
  shed(): void {
    this.#tooSlow()
    this.#cutSoon()
  }

  #tooSlow(): void {
    const error = wireError('unavailable', 'Too much waits to be read: come back, catch up.')
    this.close(CloseCode.readsTooSlowly, error)
  }

  #cutSoon(): void {
    this.#context.timing.later(() => this.#ws.terminate(), SHORT_CLOSING_MS)
  }

  /** Called about once a second: pings, and drops peers that are gone and sessions that have expired. */
  look(): void {
    // One that is closed already gets the time of the closing handshake.
    if (this.#state.phase === 'closed') return
    const { timing } = this.#context
    const waiting = this.#socket.writableLength
    const flushed = this.#socket.bytesWritten - waiting
    const verdict = this.#liveness.look(timing.monotonicMs(), { waiting, flushed })
    if (verdict === 'dead') this.#ws.terminate()
    else if (verdict === 'stuck') this.shed()
    else if (verdict === 'ping') this.#ws.ping()
    if (this.#state.phase !== 'greeted') return
    const { expiresAt } = this.#state.known
    if (timing.now() >= expiresAt || this.#isExtensionDue(expiresAt)) this.recheck()
  }

  /** A session that is in use is extended while it is connected, too; tried once a minute until that is done. */
  #isExtensionDue(expiresAt: number): boolean {
    const { timing } = this.#context
    if (timing.now() < expiresAt - SESSION_MS + EXTEND_AFTER_MS) return false
    return timing.monotonicMs() - this.#recheckedAt >= RECHECK_MS
  }

  /** Asks whether the session is still good, and closes if it is not [V6]. */
  recheck(): void {
    const state = this.#state
    if (state.phase !== 'greeted') return
    this.#recheckedAt = this.#context.timing.monotonicMs()
    this.#context.accounts.sessionOfHash(state.known.tokenHash).then(
      (known) => {
        // Whatever other questions were answered meanwhile: a session that is gone stays gone.
        if (this.#state.phase !== 'greeted') return
        if (known !== null) this.#state = { ...this.#state, known }
        else this.close(CloseCode.unauthenticated, wireError('unauthenticated', 'Sign in again.'))
      },
      (error: unknown) => this.#logFailure('session', error),
    )
  }

  #end(): void {
    const state = this.#state
    if (state.phase === 'closed') return
    this.#state = { phase: 'closed' }
    if (state.phase === 'new') state.cancelTimeout()
    if (state.phase === 'greeted') {
      this.#context.presence.left(state.session)
      this.#context.hub.close(state.session)
    }
  }

  /** Bytes came from the socket, whatever they are; false when that is of no interest any more. */
  heard(bytes: number): boolean {
    if (this.#state.phase !== 'new') return false
    if (this.#doorstep.heard(bytes, this.#context.timing.monotonicMs())) return true
    this.close(CloseCode.noHello, wireError('unauthenticated', 'Too much came, and no hello.'))
    return false
  }

  #take(data: Buffer, isBinary: boolean): void {
    const now = this.#context.timing.monotonicMs()
    this.#liveness.heard(now)
    this.#doorstep.take({ data, isBinary }, now)
  }

  #read({ data, isBinary }: TakenFrame): void {
    if (this.#state.phase === 'closed') return
    const now = this.#context.timing.monotonicMs()
    const frame = readFrame(data, isBinary)
    if (frame.kind === 'request') this.#dispatch(frame.request, now)
    else if (frame.kind === 'misfit') {
      if (!this.#mayPass(null, { op: 'unknown', id: frame.id }, now)) return
      this.#reply('unknown', frame.id, { ok: false, error: frame.error }, now)
      if (this.#state.phase !== 'new' || this.#doorstep.misfit()) return
      this.close(CloseCode.notTheProtocol, wireError('invalid', 'Say hello first.'))
    } else this.close(CloseCode.notTheProtocol, wireError('invalid', frame.reason))
  }

  /** What came is no frame of text, or one that is too large to be read. */
  #refuseUnreadable(code: number): void {
    if (code === CloseCode.frameTooLarge) {
      const error = wireError('too_large', 'A frame is at most 1 MiB.', {
        details: { maxBytes: MAX_FRAME_BYTES },
      })
      this.close(CloseCode.frameTooLarge, error)
    } else this.close(CloseCode.notTheProtocol, wireError('invalid', 'That is no frame of text.'))
  }

  #dispatch(request: Request, now: number): void {
    const state = this.#state
    if (request.op === 'hello') {
      if (state.phase === 'new') this.#greet(request, state.cancelTimeout, now)
      else this.#reply('hello', request.id, refuse('invalid', 'Hello was said before.'), now)
      return
    }
    switch (state.phase) {
      case 'new': {
        const refusal = refuse('unauthenticated', 'Say hello first.')
        this.#reply(request.op, request.id, refusal, now)
        this.close(CloseCode.unauthenticated, refusal.error)
        return
      }
      case 'greeting':
        state.waiting.push(request)
        // What was read from the socket already still comes; that is at most one read of it.
        this.#flow.pause('greeting')
        return
      case 'greeted':
        this.#run(request, state.asker, now)
        return
      case 'closed':
        return
    }
  }

  #greet(hello: RequestOf<'hello'>, cancelTimeout: Cancel, started: number): void {
    cancelTimeout()
    const waiting: AnyRequest[] = []
    this.#state = { phase: 'greeting', waiting }
    this.#doorstep.saidHello()
    this.#flow.begin()
    greet(hello, (known) => this.#receiver(known), this.#context)
      .then(
        (greeting) => {
          if (this.#state.phase === 'closed') {
            if (greeting.ok) this.#context.hub.close(greeting.session)
            return
          }
          this.#reply('hello', hello.id, greeting.answer, started)
          if (!greeting.ok) {
            this.close(greeting.closeCode, greeting.answer.error)
            return
          }
          this.#doorstep.accepted(this.#context.timing.monotonicMs())
          const { session, known } = greeting
          const asker = askerOf(session, this.#id, this.#context.timing)
          this.#state = { phase: 'greeted', session, asker, known }
          session.begin()
          this.#context.presence.arrived(session)
          for (const request of waiting) this.#run(request, asker, started)
          this.#flow.resume('greeting')
        },
        (error: unknown) => {
          const answer = this.#answerFailure(hello, error)
          this.#reply('hello', hello.id, answer, started)
          this.close(CloseCode.tryAgainLater, answer.error)
        },
      )
      .finally(() => this.#flow.finish())
  }

  #doorKeeper(): DoorKeeper {
    const answer = (
      id: number | null,
      { error }: Answer & { ok: false },
      code: CloseCode,
    ): void => {
      if (this.#state.phase !== 'new') return
      const now = this.#context.timing.monotonicMs()
      if (id !== null) this.#reply('hello', id, { ok: false, error }, now)
      this.close(code, error)
    }
    return {
      isKnown: async (token) => (await this.#context.accounts.session(token)) !== null,
      read: (frame) => this.#read(frame),
      refuse: (id, code, error) => answer(id, { ok: false, error }, code),
      fail: (id, error) => {
        const failure = this.#answerFailure({ op: 'hello', id: id ?? 0 }, error)
        answer(id, failure, CloseCode.tryAgainLater)
      },
      pause: () => this.#flow.pause('greeting'),
      resume: () => this.#flow.resume('greeting'),
    }
  }

  #receiver({ user, tokenHash }: KnownSession): Receiver {
    return {
      id: this.#id,
      user: user.id,
      tokenHash: Buffer.from(tokenHash).toString('hex'),
      outlet: this.#outlet,
      hearsReceipts: false,
      close: (code, error) => this.close(code, error),
    }
  }

  #run(request: AnyRequest, asker: Asker, started: number): void {
    if (!this.#mayPass(asker.user, request, started)) return
    this.#flow.begin()
    const finish = (answer: Answer): void => {
      this.#reply(request.op, request.id, answer, started)
      this.#flow.finish()
    }
    this.#handle(request, asker).then(finish, (error: unknown) =>
      finish(this.#answerFailure(request, error)),
    )
  }

  /** Pages are read one at a time, each when the one before has mostly left: what is asked for is not piled up [V7]. */
  #handle(request: AnyRequest, asker: Asker): Promise<Answer> {
    const { handle } = this.#context
    if (!PAGES.has(request.op)) return handle(request, asker)
    const page = this.#pages.then(async () => {
      if (!this.#outlet.isLow) await new Promise<void>((low) => this.#outlet.onceLow(low))
      return await handle(request, asker)
    })
    this.#pages = page.then(
      () => undefined,
      () => undefined,
    )
    return page
  }

  /** Whether a request keeps the pace; if not, it is told when to come back. */
  #mayPass(user: string | null, request: { op: string; id: number }, now: number): boolean {
    const retryAfterMs = this.#flow.waitFor(user, now)
    if (retryAfterMs === 0) return true
    const error = wireError('rate_limited', 'Too many requests: wait a little.', { retryAfterMs })
    this.#reply(request.op, request.id, { ok: false, error }, now)
    return false
  }

  #reply(op: string, id: number, answer: Answer, started: number): void {
    const { metrics, timing } = this.#context
    this.#outlet.write(textFrame(encodeAnswer(id, answer)))
    metrics.answered(op, answer.ok ? 'ok' : answer.error.code, timing.monotonicMs() - started)
  }

  #answerFailure({ op, id }: { op: string; id: number }, error: unknown): Answer & { ok: false } {
    if (error instanceof StoreUnavailable || error instanceof Overloaded) {
      this.#context.log.warn({ connection: this.#id, request: id, op, err: error }, 'unavailable')
      return unavailable()
    }
    this.#logFailure(op, error, id)
    return internal()
  }

  #logFailure(op: string, error: unknown, request?: number): void {
    this.#context.log.error({ connection: this.#id, request, op, err: error }, 'request failed')
  }
}
