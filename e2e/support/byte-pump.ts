import type { Socket } from 'node:net'
import { type Direction, type FaultMode, treatmentOf } from './fault-mode.ts'

/** How often a slow line lets bytes pass, in ms. */
const SLOW_TICK_MS = 50

/**
 * One direction of a connection. Where bytes are swallowed the direction stays dead, as a stream with a hole in it is
 * no stream: like a line that went away without a word, it comes back only as a new connection.
 */
export class BytePump {
  readonly #from: Socket
  readonly #to: Socket
  readonly #direction: Direction
  readonly #counted: (bytes: number) => void
  #mode: FaultMode
  #held: Buffer[] = []
  #ended = false
  #dead: boolean
  #timer: NodeJS.Timeout | null = null

  constructor(
    from: Socket,
    to: Socket,
    direction: Direction,
    mode: FaultMode,
    counted: (bytes: number) => void,
  ) {
    this.#from = from
    this.#to = to
    this.#direction = direction
    this.#mode = mode
    this.#dead = treatmentOf(mode, direction) === 'swallow'
    this.#counted = counted
    from.on('data', (chunk: Buffer) => {
      this.#held.push(chunk)
      this.#flush()
    })
    from.on('end', () => {
      this.#ended = true
      this.#flush()
    })
    to.on('drain', () => from.resume())
  }

  setMode(mode: FaultMode): void {
    this.#mode = mode
    this.#dead ||= treatmentOf(mode, this.#direction) === 'swallow'
    this.#flush()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#held = []
  }

  #flush(): void {
    const treatment = this.#dead ? 'swallow' : treatmentOf(this.#mode, this.#direction)
    if (treatment !== 'throttle' && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
    switch (treatment) {
      case 'forward':
        for (const chunk of this.#held.splice(0)) this.#write(chunk)
        this.#passEnd()
        break
      case 'swallow':
        this.#held = []
        break
      case 'hold':
        break
      case 'throttle':
        this.#timer ??= setInterval(() => this.#trickle(), SLOW_TICK_MS)
        break
    }
  }

  /** Lets through what a slow line carries in one tick. */
  #trickle(): void {
    if (this.#mode.kind !== 'slow') return
    let allowance = Math.max(1, Math.floor((this.#mode.bytesPerSecond * SLOW_TICK_MS) / 1000))
    while (allowance > 0) {
      const chunk = this.#held.shift()
      if (chunk === undefined) break
      const part = chunk.subarray(0, allowance)
      if (part.length < chunk.length) this.#held.unshift(chunk.subarray(part.length))
      allowance -= part.length
      this.#write(part)
    }
    this.#passEnd()
  }

  #write(chunk: Buffer): void {
    this.#counted(chunk.length)
    if (!this.#to.destroyed && !this.#to.write(chunk)) this.#from.pause()
  }

  #passEnd(): void {
    if (this.#ended && this.#held.length === 0 && !this.#to.writableEnded) this.#to.end()
  }
}
