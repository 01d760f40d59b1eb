import WebSocket from 'ws'

/**
 * Opens a WebSocket without compression; resolves when it is open, rejects when it cannot be. `onFrame` listens from
 * before that on: a server that speaks first may do so in the packet that opens the socket.
 */
export function openSocket(
  url: string,
  onFrame: (frame: string, socket: WebSocket) => void,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.on('message', (data) => onFrame(String(data), socket))
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Numbers questions and finds who asked when the answer comes. */
export class PendingAnswers<Answer> {
  #next = 1
  readonly #waiting = new Map<number, (answer: Answer) => void>()

  /** Takes the next number, hands it to `transmit`, and waits for `settle` to be called with it. */
  ask(transmit: (id: number) => void): Promise<Answer> {
    const id = this.#next++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      transmit(id)
    })
  }

  settle(id: number, answer: Answer): void {
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    resolve?.(answer)
  }
}
