import { WebSocket } from 'ws'
import type { Cursors } from '../../protocol/model/primitives.ts'
import { rawText, streamOf } from '../../protocol/model/received.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { wireError } from '../../protocol/wire/error.ts'
import { classifyFailure, type Failure, type NetworkReason } from '../../protocol/wire/failure.ts'
import type { ReceivedPush, ReceivedReplyOf } from '../../protocol/wire/received.ts'
import type { Op } from '../../protocol/wire/request.ts'
import { FEATURES, PROTOCOL_VERSION } from '../../protocol/wire/versions.ts'
import type { Clock, Timers } from '../sync/clock.ts'
import { ANSWER_TIMEOUT_MS } from '../sync/retry-policy.ts'
import type { Misfit, Outcome, RequestBody, TransportSession } from '../sync/transport.ts'
import { type Frame, readFrame } from './frame.ts'
import { keepAlive } from './keep-alive.ts'
import { networkReason, reasonOfHttpStatus } from './network-reason.ts'
import { type MisfitReply, PendingRequests } from './pending-requests.ts'
import type { Report } from './report.ts'
import { socketUrl } from './server-url.ts'

/** Longest a connection may take to open, and longest a hello may wait, in ms. */
const CONNECT_TIMEOUT_MS = 10_000
/**
 * Largest frame that is read, in bytes. Frames are 1 MiB at most; a server that cuts its pages a little too large is
 * still read, since refusing would only make it send the same page again.
 */
const MAX_READ_BYTES = 8 * 1024 * 1024

/** Length from which on a greeting is taken in steps, in UTF-16 code units: that of about a thousand streams. */
const LARGE_GREETING = 32 * 1024

/** Longest that one turn takes frames, in ms: the rest waits for the next. */
const TURN_MS = 8

/** What a request is told whose reply does not fit the protocol: the fault is the server's, and may pass. */
const UNREADABLE = wireError('internal', 'The answer does not fit the protocol.')

/** How a line ended. */
export interface LineEnd {
  readonly reason: NetworkReason
  readonly closeCode: number | null
  /** The server does not know the token. */
  readonly refused: boolean
  /** The server needs a newer client. */
  readonly outdated: boolean
  /** What the server asked for before the next try, in ms. */
  readonly retryAfterMs: number
}

interface LineListener {
  greeted(hello: ReceivedReplyOf<'hello'>): void
  pushed(push: ReceivedPush): void
  misfit(what: Misfit): void
  /** Called once, last. */
  ended(end: LineEnd): void
}

export interface LineOptions {
  readonly session: TransportSession
  readonly cursors: () => Cursors
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonic'>
  readonly report: Report
  readonly listener: LineListener
}

/** One WebSocket to the server, from connecting to its end; it is never used again. */
export class Line {
  readonly #options: LineOptions
  readonly #socket: WebSocket
  readonly #requests: PendingRequests
  #phase: 'opening' | 'greeting' | 'live' | 'ended' = 'opening'
  #stopTimer: () => void
  #bytesRead: () => number = () => 0
  #retryAfterMs = 0
  /** Frames that wait for the next turn; little more than one read of the socket. null: none has to. */
  #inbox: string[] | null = null
  /** When the first frame of this turn was taken; null: none was. */
  #turnSince: number | null = null
  #isPaused = false

  constructor(options: LineOptions) {
    const { session, timers } = options
    this.#options = options
    this.#requests = new PendingRequests(timers)
    this.#socket = new WebSocket(socketUrl(session.serverUrl), {
      perMessageDeflate: false,
      maxPayload: MAX_READ_BYTES,
      followRedirects: false,
    })
    this.#stopTimer = timers.set(CONNECT_TIMEOUT_MS, () => this.end('unreachable'))
    this.#listen()
  }

  get isLive(): boolean {
    return this.#phase === 'live'
  }

  /** Sends a request; see Transport.request. Only on a live line. */
  request<O extends Op>(body: RequestBody<O>, timeoutMs: number | null): Promise<Outcome<O>> {
    return new Promise((resolve) => this.#ask(body, timeoutMs, resolve))
  }

  pause(): void {
    this.#isPaused = true
    if (this.isLive) this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.isLive && this.#inbox === null) this.#socket.resume()
  }

  /** Ends the line at once, without waiting for the peer, which may be long gone. */
  end(reason: NetworkReason): void {
    this.#finish({ reason, closeCode: null, refused: false, outdated: false })
  }

  #ask<O extends Op>(
    body: RequestBody<O>,
    timeoutMs: number | null,
    settle: (outcome: Outcome<O>) => void,
  ): void {
    // `RequestBody` is a union over ops, which the compiler cannot follow through a type parameter.
    const id = this.#requests.open<O>(body.op as O, timeoutMs, settle)
    this.#socket.send(JSON.stringify({ id, ...body }))
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('upgrade', (response) => {
      this.#bytesRead = () => response.socket.bytesRead
    })
    socket.on('open', () => this.#greet())
    socket.on('message', (data, isBinary) => {
      if (this.#phase === 'ended') return
      if (isBinary) this.#refuseFrame('a binary frame')
      else this.#receive(String(data))
    })
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      this.end(reasonOfHttpStatus(response.statusCode ?? 0))
    })
    socket.on('error', (error) => {
      this.end(networkReason(error, this.#phase === 'opening' ? 'not_our_server' : 'cut'))
    })
    socket.on('close', (code) => this.#closed(code))
  }

  #greet(): void {
    if (this.#phase !== 'opening') return
    this.#phase = 'greeting'
    this.#stopTimer()
    const { session, cursors, timers } = this.#options
    const pulse = {
      bytesRead: () => this.#bytesRead(),
      isPaused: () => this.#socket.isPaused,
      ping: () => this.#socket.ping(),
    }
    this.#stopTimer = keepAlive(pulse, timers, () => this.end('half_open'))
    const { token, device } = session
    const features = [...FEATURES]
    const own = { protocol: PROTOCOL_VERSION, features }
    const hello = { op: 'hello', token, device, cursors: cursors(), ...own } as const
    this.#ask<'hello'>(hello, ANSWER_TIMEOUT_MS, (outcome) => {
      if (outcome.ok) this.#inItsTurn(() => this.#goLive(outcome.reply))
      else if (this.#phase === 'greeting') this.#refusedHello(outcome.failure)
    })
  }

  #goLive(hello: ReceivedReplyOf<'hello'>): void {
    const { report, listener } = this.#options
    this.#phase = 'live'
    report({ event: 'greeted', streams: Object.keys(hello.heads).length })
    try {
      listener.greeted(hello)
    } catch (error) {
      // Whatever it was in the greeting: without it there is no line, and another one is waited for like after any loss.
      const problem = error instanceof Error ? error.message : String(error)
      this.#refuseFrame(`the greeting cannot be taken: ${problem}`)
    }
  }

  #refusedHello(failure: Failure): void {
    const refused = classifyFailure(failure) === 'auth'
    if (failure.kind !== 'answered') {
      this.#finish({ reason: 'half_open', closeCode: null, refused, outdated: false })
      return
    }
    this.#retryAfterMs = failure.error.retryAfterMs ?? 0
    const isRetryable = classifyFailure(failure) === 'retryable'
    const reason = isRetryable ? 'unreachable' : 'not_our_server'
    const outdated = failure.error.code === 'client_too_old'
    this.#finish({ reason, closeCode: null, refused, outdated })
  }

  #receive(text: string): void {
    if (this.#inbox !== null) this.#inbox.push(text)
    else if (this.#phase === 'greeting' && text.length >= LARGE_GREETING) {
      this.#hold([])
      const frame = readFrame(text)
      this.#later(() => {
        this.#take(frame)
        if (this.#phase === 'greeting') this.#later(() => this.#catchUp())
      })
    } else if (this.#isTurnOver()) {
      this.#hold([text])
      this.#later(() => this.#catchUp())
    } else this.#take(readFrame(text))
  }

  #hold(inbox: string[]): void {
    this.#inbox = inbox
    this.#socket.pause()
  }

  /** Whether this turn has taken frames for long enough: one read of the socket may bring hundreds of them [S6]. */
  #isTurnOver(): boolean {
    const now = this.#options.clock.monotonic()
    if (this.#turnSince !== null) return now - this.#turnSince > TURN_MS
    this.#turnSince = now
    setImmediate(() => {
      this.#turnSince = null
    })
    return false
  }

  /** The greeting of ten thousand conversations takes as long to be read, to be checked and to be taken [S6]. */
  #inItsTurn(goLive: () => void): void {
    if (this.#inbox === null) goLive()
    else {
      this.#later(() => {
        goLive()
        this.#later(() => this.#catchUp())
      })
    }
  }

  #later(work: () => void): void {
    setImmediate(() => {
      if (this.#phase !== 'ended') work()
    })
  }

  /** Takes what waits, a turn's worth at a time; then the socket is read again. */
  #catchUp(): void {
    const { clock } = this.#options
    const since = clock.monotonic()
    const waiting = this.#inbox ?? []
    let next = 0
    for (const text of waiting) {
      if (next > 0 && clock.monotonic() - since > TURN_MS) break
      next += 1
      this.#take(readFrame(text))
      if (this.#phase === 'ended') return
    }
    waiting.splice(0, next)
    if (waiting.length > 0) {
      this.#later(() => this.#catchUp())
      return
    }
    this.#inbox = null
    if (!this.#isPaused) this.#socket.resume()
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case 'reply': {
        const misfit = this.#requests.take(frame.re, frame.value)
        if (misfit !== null) this.#refuseReply(frame.re, misfit, frame.value)
        return
      }
      case 'push':
        if (frame.push.push === 'bye') this.#retryAfterMs = frame.push.error.retryAfterMs ?? 0
        if (this.#phase === 'live') this.#options.listener.pushed(frame.push)
        return
      case 'misfit':
        this.#passOver('push', frame.name, frame)
        return
      case 'unknown':
        return
      case 'invalid':
        this.#refuseFrame(frame.problem)
    }
  }

  /**
   * An answer that cannot be read is an answer: its request is told so, and the line stays [G1]. Without a greeting that
   * can be read there is no line.
   */
  #refuseReply(re: number, { op, problem }: MisfitReply, value: object): void {
    if (this.isLive) {
      this.#requests.fail(re, { kind: 'answered', error: UNREADABLE })
      this.#passOver('reply', op ?? '', { value, problem })
    } else queueMicrotask(() => this.#refuseFrame(problem))
  }

  #passOver(
    kind: Misfit['kind'],
    name: string,
    { value, problem }: { readonly value: object; readonly problem: string },
  ): void {
    const { report, listener } = this.#options
    report({ event: 'misfit', kind, name, problem })
    if (this.isLive) listener.misfit({ kind, name, stream: streamOf(value), raw: rawText(value) })
  }

  /** A peer that does not speak the protocol is left, and tried again: it may have been half an upgrade. */
  #refuseFrame(problem: string): void {
    this.#options.report({ event: 'invalid_frame', problem })
    this.end('not_our_server')
  }

  #closed(code: number): void {
    // What came before the end counts: an answer among it need not be asked for again.
    for (const text of this.isLive ? (this.#inbox ?? []) : []) this.#take(readFrame(text))
    const refused = classifyFailure({ kind: 'closed', closeCode: code }) === 'auth'
    const reason = code === CloseCode.notTheProtocol ? 'not_our_server' : 'cut'
    const outdated = code === CloseCode.clientTooOld
    this.#finish({ reason, closeCode: isFromPeer(code) ? code : null, refused, outdated })
  }

  #finish(end: Omit<LineEnd, 'retryAfterMs'>): void {
    if (this.#phase === 'ended') return
    this.#phase = 'ended'
    this.#stopTimer()
    const { reason, closeCode } = end
    this.#requests.failAll(
      closeCode === null ? { kind: 'network', reason } : { kind: 'closed', closeCode },
    )
    this.#socket.terminate()
    this.#options.report({ event: 'lost', reason, closeCode })
    this.#options.listener.ended({ ...end, retryAfterMs: this.#retryAfterMs })
  }
}

/** 1005 and 1006 are what `ws` says when the peer gave no code, or never said goodbye. */
function isFromPeer(code: number): boolean {
  return code !== 1005 && code !== 1006
}
