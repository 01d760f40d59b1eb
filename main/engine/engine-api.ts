import type { Results } from '../../protocol/ipc/api.ts'
import type { Method } from '../../protocol/ipc/channels.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { AppEvent } from '../../protocol/ipc/views.ts'

/** Methods that need a window, a dialog or the clipboard: the Electron shell answers them. */
export type ShellMethod = 'copyText' | 'exportReadableData' | 'reportPainted'
type EngineMethod = Exclude<Method, ShellMethod>

/**
 * One handler a method. Arguments were validated by the schemas of protocol/ipc before; refusals are data. A promise
 * rejects only for a defect. Handlers that write answer after the row is durable [O1].
 */
export type EngineHandlers = {
  readonly [M in EngineMethod]: (argument: ArgumentOf<M>) => Promise<Results[M]>
}

/** One profile at work: its store, outbox, streams and connection. */
export interface Engine {
  readonly handlers: EngineHandlers
  /**
   * Calls `listener` with what changed, coalesced: at most one event of a kind (and conversation) a turn. Listeners
   * must not throw. Returns the function that stops it.
   */
  subscribe(listener: (event: AppEvent) => void): () => void
  /**
   * Opens the store and makes what is stored showable, once; touches no network and never throws: a database that
   * cannot be used is told in AppState.storage.
   */
  open(): void
  /** Opens, unless that was done, and connects; never waits for the network and never rejects. */
  start(): Promise<void>
  /** Lets go of the network, commits what is there, closes the store, stops the bundled server. */
  close(): Promise<void>
  powerSuspended(): void
  /** Reconnects at once [O13]. */
  powerResumed(): void
  /** Operations that will be sent at the next start, for the quit dialog. */
  waitingCount(): number
  /** Unread messages over all conversations, for the badge. */
  unreadTotal(): number
  /** Whether the bundled server runs for this profile. */
  usesBundledServer(): boolean
  /**
   * Writes all that can be read (messages, outbox, drafts) as JSON lines to `path`, a damaged database included; rows
   * that cannot be read are counted. Rejects only when `path` cannot be written.
   */
  exportReadable(path: string): Promise<{ rows: number; unreadable: number }>
}
