import type { BundledAddress, BundledServer, HostPorts, Logger } from './ports.ts'
import { ServerDataDamaged } from './server-data-damaged.ts'

/** The bundled server, and whether its data are damaged, which is told instead of trying in silence for ever [F20]. */
export class WatchedServer implements BundledServer {
  readonly #server: BundledServer
  readonly #logger: Logger
  readonly #changed: () => void
  #isDamaged = false

  /** `changed`: what is known of its data is another. */
  constructor(host: Pick<HostPorts, 'bundledServer' | 'logger'>, changed: () => void) {
    this.#server = host.bundledServer
    this.#logger = host.logger
    this.#changed = changed
  }

  get database(): string {
    return this.#server.database
  }

  /** Where the database stands that is damaged; null: none is, as far as is known. */
  get damaged(): string | null {
    return this.#isDamaged ? this.database : null
  }

  async start(): Promise<BundledAddress> {
    try {
      const address = await this.#server.start()
      this.#set(false)
      return address
    } catch (error) {
      if (error instanceof ServerDataDamaged) this.#set(true)
      throw error
    }
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  onUnexpectedExit(callback: () => void): () => void {
    return this.#server.onUnexpectedExit(callback)
  }

  async setDataAside(): Promise<void> {
    await this.#server.setDataAside()
    this.#set(false)
  }

  /** Sets damaged data aside, as the user wants; whether that was done. */
  async letGo(): Promise<boolean> {
    if (!this.#isDamaged) return false
    try {
      await this.setDataAside()
      return true
    } catch (error) {
      this.#logger.error({ err: error }, 'the data of the server cannot be set aside')
      return false
    }
  }

  #set(isDamaged: boolean): void {
    if (this.#isDamaged === isDamaged) return
    this.#isDamaged = isDamaged
    this.#changed()
  }
}
