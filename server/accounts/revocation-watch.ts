import type { Accounts } from '../store/store.ts'
import type { Cancel, Timing } from '../timing.ts'

/** How often the store is asked, in ms: a second is what is promised [V6]. */
const LOOK_EVERY_MS = 600
/** How far back before the last look each one reaches, in ms: what was being committed then had no answer yet. */
const OVERLAP_MS = 30_000

export interface RevocationWatchOptions {
  readonly store: Pick<Accounts, 'revokedWithin'>
  readonly timing: Timing
  /** A token was revoked; hex of its hash. Told at least once, to be met with calm when told again. */
  readonly onRevoked: (tokenHash: string) => void
  readonly onFailure: (error: unknown) => void
}

/**
 * Hears of revocations from the database, for those that no signal told of [V6]: the node that was asked may be cut off
 * from the bus, while this one's own connection to it is well and gives no reason to doubt.
 */
export class RevocationWatch {
  readonly #options: RevocationWatchOptions
  readonly #cancel: Cancel
  /** When the last look that was answered began, ms of a clock that does not jump. */
  #lookedAt: number
  /** What the last look found: told already. */
  #told: ReadonlySet<string> = new Set()
  #state: 'idle' | 'looking' | 'looking, and again' | 'stopped' = 'idle'

  constructor(options: RevocationWatchOptions) {
    this.#options = options
    const { timing } = options
    this.#lookedAt = timing.monotonicMs()
    this.#cancel = timing.every(LOOK_EVERY_MS, () => {
      // One that takes long is waited for: looks are not piled up.
      if (this.#state === 'idle') this.look()
    })
  }

  /** Looks now, or again as soon as the look under way is answered. */
  look(): void {
    if (this.#state === 'stopped') return
    if (this.#state !== 'idle') {
      this.#state = 'looking, and again'
      return
    }
    this.#state = 'looking'
    const { store, timing, onFailure } = this.#options
    const at = timing.monotonicMs()
    store
      .revokedWithin(Math.ceil(at - this.#lookedAt) + OVERLAP_MS)
      .then(
        (hashes) => {
          this.#lookedAt = at
          this.#tell(hashes)
        },
        (error: unknown) => onFailure(error),
      )
      .finally(() => {
        if (this.#state === 'stopped') return
        const again = this.#state === 'looking, and again'
        this.#state = 'idle'
        if (again) this.look()
      })
  }

  stop(): void {
    this.#state = 'stopped'
    this.#cancel()
  }

  #tell(hashes: readonly Uint8Array[]): void {
    const found = new Set(hashes.map((hash) => Buffer.from(hash).toString('hex')))
    const told = this.#told
    this.#told = found
    for (const hash of found) if (!told.has(hash)) this.#options.onRevoked(hash)
  }
}
