import type { CommittedStream } from '../domain/stream-entry.ts'
import type { Page, PageRequest } from '../store/store.ts'
import type { BusListener, BusState, Signal, StreamBus } from './stream-bus.ts'

/**
 * The bus of a node that is alone: what is committed is delivered in the same stretch, and pages come from the
 * database. Nothing that this node commits can be lost on the way.
 */
export class InProcessBus implements StreamBus {
  readonly #read: (request: PageRequest) => Promise<Page>
  readonly #state: BusState
  readonly #streams = new Set<string>()
  #listener: BusListener | null = null

  /**
   * `shared`: others may write to the same database, which nobody tells this node of. So it is not lossless, and the
   * hub asks for heads [V10].
   */
  constructor(
    read: (request: PageRequest) => Promise<Page>,
    { shared }: { readonly shared: boolean },
  ) {
    this.#read = read
    this.#state = { status: 'ok', lossless: !shared, detail: 'in process', relayLag: 0 }
  }

  attach(listener: BusListener): void {
    this.#listener = listener
  }

  publish(committed: readonly CommittedStream[]): void {
    for (const { stream, entries } of committed) {
      if (entries.length > 0 && this.#streams.has(stream)) {
        this.#listener?.onEntries(stream, entries)
      }
    }
  }

  async subscribe(stream: string): Promise<void> {
    this.#streams.add(stream)
  }

  unsubscribe(stream: string): void {
    this.#streams.delete(stream)
  }

  readAfter(request: PageRequest): Promise<Page> {
    return this.#read(request)
  }

  signal(signal: Signal): void {
    this.#listener?.onSignal(signal)
  }

  state(): BusState {
    return this.#state
  }

  async close(): Promise<void> {
    this.#listener = null
  }
}
