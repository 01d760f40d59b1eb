import WebSocket from 'ws'
import { CloseCode } from '../../protocol/wire/close-codes.ts'

/** Codes with which the library closes, by itself, for a frame that it cannot read: protocol, encoding, size. */
const UNREADABLE: ReadonlySet<number | undefined> = new Set([1002, 1007, CloseCode.frameTooLarge])

/**
 * A socket whose owner can say why before it is closed, also when it is the library that closes it: `unreadable` is
 * emitted then, with the library's code. A listener that closes it with another code has the last word.
 */
export class SpeakingSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (UNREADABLE.has(code) && this.readyState === WebSocket.OPEN) this.emit('unreadable', code)
    super.close(code, reason)
  }
}
