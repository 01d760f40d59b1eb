import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import { refuse } from '../domain/refusal.ts'
import { KeyedBuckets } from '../limits/keyed-buckets.ts'
import {
  BYTES_BEFORE_HELLO,
  MAX_BYTES_BEFORE_HELLO,
  MAX_MISFITS_BEFORE_HELLO,
  SMALL_FRAME_BYTES,
} from './limits.ts'

/** Networks whose strangers are remembered. */
const REMEMBERED_NETWORKS = 20_000
/** Where the token of a hello is looked for; more of them than this, and it is no hello. */
const MAX_LOOKS = 8
const TOKEN_FIELD = '"token"'
const TOKEN = /^"token"\s*:\s*"([^"\\]{1,512})"/
const TOKEN_SPAN = 600
const ID = /"id"\s*:\s*([1-9]\d{0,15})\s*[,}]/
const ID_SPAN = 512

/** A frame as it came. */
export interface Frame {
  readonly data: Buffer
  readonly isBinary: boolean
}

/** What a doorstep leaves to the connection that it belongs to. */
export interface DoorKeeper {
  /** Whether a token is somebody's. */
  isKnown(token: string): Promise<boolean>
  read(frame: Frame): void
  /** Answers, if there is an id to answer to, and closes. */
  refuse(id: number | null, code: CloseCode, error: WireError): void
  /** It could not be found out whose a token is. */
  fail(id: number | null, error: unknown): void
  pause(): void
  resume(): void
}

/** What strangers may have read, by network: all connections of a node share it [V7]. */
export class Strangers {
  readonly #spent = new KeyedBuckets(BYTES_BEFORE_HELLO, REMEMBERED_NETWORKS)

  /** 0 while a network has not used up what it may send; else how many ms until more of it is read. */
  waitFor(network: string, now: number): number {
    return this.#spent.waitFor(network, now)
  }

  spend(network: string, bytes: number, now: number): void {
    this.#spent.spend(network, bytes, now)
  }
}

/** What to do with a frame that came before hello was accepted. */
export type FirstLook =
  | { readonly kind: 'read' }
  /** It costs much to read: only if this token is somebody's. `id` is what to answer to, if it was found. */
  | { readonly kind: 'ask'; readonly token: string; readonly id: number | null }
  /** It costs much to read and is no hello, or its sender has used up what strangers may send. */
  | { readonly kind: 'refuse'; readonly retryAfterMs: number }

/**
 * What one connection sent before its hello was accepted. Nobody is known yet, so nothing that costs much is done:
 * what is small is read while its network has not sent too much; anything else is first searched for its token, which
 * costs next to nothing, and read only if that is somebody's. So strangers hold up nobody, and those who may come in do.
 */
export class Doorstep {
  readonly #strangers: Strangers
  readonly #network: string
  readonly #keeper: DoorKeeper
  #bytes = 0
  #misfits = 0
  #saidHello = false
  /** What came while a token is asked after. */
  #waiting: Frame[] | null = null

  constructor(strangers: Strangers, network: string, keeper: DoorKeeper) {
    this.#strangers = strangers
    this.#network = network
    this.#keeper = keeper
  }

  /** A frame came: it is read now, after its token was asked after, or not at all. */
  take(frame: Frame, now: number): void {
    if (this.#waiting !== null) {
      this.#waiting.push(frame)
      return
    }
    const look: FirstLook = this.#saidHello ? { kind: 'read' } : this.look(frame.data, now)
    if (look.kind === 'read') this.#keeper.read(frame)
    else if (look.kind === 'ask') this.#ask(frame, look, now)
    else {
      const { retryAfterMs } = look
      const error = wireError('rate_limited', 'Say hello first.', { retryAfterMs })
      this.#keeper.refuse(null, CloseCode.tryAgainLater, error)
    }
  }

  #ask(frame: Frame, { token, id }: Extract<FirstLook, { kind: 'ask' }>, now: number): void {
    const waiting = [frame]
    this.#waiting = waiting
    this.#keeper.pause()
    this.#keeper.isKnown(token).then(
      (isKnown) => {
        this.#waiting = null
        const [first, ...rest] = waiting
        if (isKnown && first !== undefined) {
          this.#keeper.read(first)
          for (const each of rest) this.take(each, now)
        } else {
          const { error } = refuse('unauthenticated', 'Sign in again.')
          this.#keeper.refuse(id, CloseCode.unauthenticated, error)
        }
        this.#keeper.resume()
      },
      (error: unknown) => this.#keeper.fail(id, error),
    )
  }

  /** Bytes came, of whatever kind. False when it was too much. */
  heard(bytes: number, now: number): boolean {
    this.#bytes += bytes
    this.#strangers.spend(this.#network, bytes, now)
    return this.#bytes <= MAX_BYTES_BEFORE_HELLO
  }

  /** A frame that fits nothing was answered. False when there were too many. */
  misfit(): boolean {
    this.#misfits++
    return this.#misfits <= MAX_MISFITS_BEFORE_HELLO
  }

  /** A hello was read: what follows waits for the answer to it, and is not looked at here. */
  saidHello(): void {
    this.#saidHello = true
  }

  /** The hello was accepted: what came is not a stranger's. */
  accepted(now: number): void {
    this.#strangers.spend(this.#network, -this.#bytes, now)
    this.#bytes = 0
  }

  look(frame: Buffer, now: number): FirstLook {
    const wait = this.#strangers.waitFor(this.#network, now)
    if (frame.length <= SMALL_FRAME_BYTES && wait === 0) return { kind: 'read' }
    const token = findToken(frame)
    if (token === null) return { kind: 'refuse', retryAfterMs: Math.max(wait, 1_000) }
    return { kind: 'ask', token, id: findId(frame) }
  }
}

/** The token in a frame of JSON, without reading all of it. */
function findToken(frame: Buffer): string | null {
  let at = -1
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    at = frame.indexOf(TOKEN_FIELD, at + 1)
    if (at < 0) return null
    const [, token] = TOKEN.exec(frame.toString('utf8', at, at + TOKEN_SPAN)) ?? []
    if (token !== undefined) return token
  }
  return null
}

function findId(frame: Buffer): number | null {
  const [, id] = ID.exec(frame.toString('latin1', 0, ID_SPAN)) ?? []
  const number = Number(id ?? Number.NaN)
  return Number.isSafeInteger(number) ? number : null
}
