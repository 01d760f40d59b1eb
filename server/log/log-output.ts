/** Bytes of lines that wait because nobody reads them; beyond, new ones are dropped: a log must not stop a server. */
const MAX_WAITING = 256 * 1024
/** How often it is tried meanwhile, in ms. */
const TRY_AGAIN_MS = 100

/** What takes bytes without ever waiting: how many it took; 0 when it can take none now. Throws when it never will. */
export type Sink = (bytes: Uint8Array) => number

export interface LogOutputOptions {
  readonly sink: Sink
  readonly later: (callback: () => void, ms: number) => unknown
  /** Lines were dropped, and there is room again. */
  readonly onRoom: (dropped: number) => void
}

/**
 * Where log lines go: written at once while somebody reads them. While nobody does, a bounded number waits, and what is
 * beyond is dropped and counted; nothing ever waits for the reader [V11].
 */
export class LogOutput {
  readonly #options: LogOutputOptions
  #waiting: Uint8Array[] = []
  #bytes = 0
  #isTryingAgain = false
  #untold = 0
  #dropped = 0

  constructor(options: LogOutputOptions) {
    this.#options = options
  }

  /** Lines that were dropped since the start. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes a line. */
  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#bytes > 0 && this.#bytes + bytes.length > MAX_WAITING) {
      this.#drop(1)
      return
    }
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    if (!this.#isTryingAgain) this.flush()
  }

  /** Writes what can be written now. */
  flush(): void {
    const result = this.#pump()
    if (result !== 'lost' && this.#untold > 0 && this.#bytes < MAX_WAITING / 2) {
      const dropped = this.#untold
      this.#untold = 0
      this.#options.onRoom(dropped)
    }
    if (result !== 'stuck' || this.#isTryingAgain) return
    this.#isTryingAgain = true
    this.#options.later(() => {
      this.#isTryingAgain = false
      this.flush()
    }, TRY_AGAIN_MS)
  }

  /** `stuck`: some wait for the reader. `lost`: there is none any more, or its disk is full. */
  #pump(): 'all' | 'stuck' | 'lost' {
    let done = 0
    try {
      for (const bytes of this.#waiting) {
        const taken = this.#options.sink(bytes)
        this.#bytes -= taken
        if (taken < bytes.length) {
          this.#waiting.splice(done, 1, bytes.subarray(taken))
          return 'stuck'
        }
        done += 1
      }
      return 'all'
    } catch {
      // There is no place to say it but the count.
      this.#drop(this.#waiting.length - done)
      done = this.#waiting.length
      this.#bytes = 0
      return 'lost'
    } finally {
      this.#waiting.splice(0, done)
    }
  }

  #drop(lines: number): void {
    this.#dropped += lines
    this.#untold += lines
  }
}
