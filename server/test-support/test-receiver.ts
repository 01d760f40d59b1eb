import type { Push } from '../../protocol/wire/push.ts'
import type { Outlet, Receiver } from '../stream/receiver.ts'

/** A connection that keeps what it is given. */
export class TestReceiver implements Receiver {
  readonly id: number
  readonly user: string
  readonly tokenHash: string
  readonly frames: Buffer[] = []
  hearsReceipts = false
  readonly outlet: Outlet
  /** Why it was closed, null while it is not. */
  closedWith: number | null = null
  #low = true
  #waiting: (() => void)[] = []

  constructor(user: string, id = 1) {
    this.id = id
    this.user = user
    this.tokenHash = `token of ${user}`
    const isLow = () => this.#low
    this.outlet = {
      write: (frame) => this.frames.push(frame),
      waiting: 0,
      get isLow() {
        return isLow()
      },
      onceLow: (callback) => this.#waiting.push(callback),
    }
  }

  close(code: number): void {
    this.closedWith = code
  }

  /** Makes the peer read, or stop reading. */
  setReading(reading: boolean): void {
    this.#low = reading
    if (!reading) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const callback of waiting) callback()
  }

  /** What was pushed, in order. */
  get pushes(): Push[] {
    return this.frames.map((frame) => JSON.parse(payload(frame)) as Push)
  }

  /** Seqs of the events of a stream that were pushed. */
  seqs(stream: string): number[] {
    return this.pushes.flatMap((push) =>
      push.push === 'events' && push.stream === stream ? push.events.map(({ seq }) => seq) : [],
    )
  }
}

/** The text of a frame as a server sends it: behind a header of 2, 4 or 10 bytes. */
function payload(frame: Buffer): string {
  const length = (frame[1] ?? 0) & 0x7f
  return frame.subarray(length < 126 ? 2 : length === 126 ? 4 : 10).toString('utf8')
}
