import type { CommittedStream } from '../domain/stream-entry.ts'
import type { Page, PageRequest } from '../store/store.ts'
import type { BusListener, BusState, Signal, StreamBus } from './stream-bus.ts'

const STATE: BusState = { status: 'ok', lossless: true, detail: 'in process', relayLag: 0 }

/**
 * The bus of a node that is alone: what is committed is delivered in the same stretch, and pages come from the
 * database. Nothing can be lost on the way.
 */
export class InProcessBus implements StreamBus {
  readonly #read: (request: PageRequest) => Promise<Page>
  readonly #streams = new Set<string>()
  #listener: BusListener | null = null

  constructor(read: (request: PageRequest) => Promise<Page>) {
    this.#read = read
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
    return STATE
  }

  async close(): Promise<void> {
    this.#listener = null
  }
}
