import { Overloaded } from './overloaded.ts'

/** Whoever asked is gone: nobody would hear the answer. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned'
}

export interface FairWorkLimits {
  /** Run at one time. */
  readonly concurrent: number
  /** Wait in all. */
  readonly waiting: number
  /** Wait of one party. */
  readonly waitingEach: number
}

interface Waiting {
  readonly go: () => void
  readonly refuse: (reason: Error) => void
}

/**
 * Runs costly work a few at a time. Each party has a line of its own and the lines take turns, so one who asks for a
 * thousand things keeps another who asks for one waiting for a single turn. The lines have an end [V7]: when there is
 * no room, the longest gives way. What nobody waits for any more is not done.
 */
export class FairWork {
  readonly #limits: FairWorkLimits
  /** By party, in the order of their turns; none is empty. */
  readonly #lines = new Map<string, Waiting[]>()
  #running = 0
  #waiting = 0

  constructor(limits: FairWorkLimits) {
    this.#limits = limits
  }

  /**
   * @param gone aborted when whoever asked has gone away
   * @throws Overloaded when there is no room, Abandoned when nobody waits for it any more
   */
  async run<T>(party: string, work: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    if (gone?.aborted) throw new Abandoned()
    if (this.#running >= this.#limits.concurrent) await this.#turn(party, gone)
    else this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      this.#next()
    }
  }

  #turn(party: string, gone: AbortSignal | undefined): Promise<void> {
    this.#makeRoom(party)
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#drop(party, place)
        reject(new Abandoned())
      }
      const place: Waiting = {
        go: () => {
          gone?.removeEventListener('abort', leave)
          resolve()
        },
        refuse: (reason) => {
          gone?.removeEventListener('abort', leave)
          reject(reason)
        },
      }
      gone?.addEventListener('abort', leave, { once: true })
      const line = this.#lines.get(party)
      if (line === undefined) this.#lines.set(party, [place])
      else line.push(place)
      this.#waiting++
    })
  }

  #makeRoom(party: string): void {
    const { waiting, waitingEach } = this.#limits
    const own = this.#lines.get(party)?.length ?? 0
    if (own >= waitingEach) throw new Overloaded('too much at once')
    if (this.#waiting < waiting) return
    const [longest, line] = this.#longest()
    const last = line.length > own + 1 ? line.at(-1) : undefined
    if (last === undefined) throw new Overloaded('too much at once')
    this.#drop(longest, last)
    last.refuse(new Overloaded('others wait, too'))
  }

  #longest(): [string, readonly Waiting[]] {
    let found: [string, readonly Waiting[]] = ['', []]
    for (const entry of this.#lines) if (entry[1].length > found[1].length) found = entry
    return found
  }

  #drop(party: string, place: Waiting): void {
    const line = this.#lines.get(party) ?? []
    const at = line.indexOf(place)
    if (at < 0) return
    line.splice(at, 1)
    this.#waiting--
    if (line.length === 0) this.#lines.delete(party)
  }

  #next(): void {
    const [turn] = this.#lines
    if (turn === undefined) return
    const [party, line] = turn
    const place = line.shift()
    this.#waiting--
    // Behind all others: the next turn is theirs.
    this.#lines.delete(party)
    if (line.length > 0) this.#lines.set(party, line)
    this.#running++
    place?.go()
  }
}
