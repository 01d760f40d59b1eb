import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id, Seq, StreamId } from '../../protocol/model/primitives.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { applyEvent, eventTarget, type RowChange } from '../sync/apply-event.ts'
import type { Logger } from './ports.ts'
import type { Workspace } from './workspace.ts'

export interface ApplierPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly logger: Logger
  /** An own message came back through its stream: its send is confirmed [O11]. */
  readonly observed: (message: Message) => void
  /** A message of somebody else came. */
  readonly received: (message: Message) => void
  /** Somebody became a member, with the event `seq`. */
  readonly joined: (conversation: Id, user: Id, seq: Seq) => void
  /** The record of a conversation changed. */
  readonly changed: (conversation: Id) => void
  /** A conversation must be asked for. */
  readonly wanted: (conversation: Id) => void
  /** A change of a message that is not stored; see RowChange. */
  readonly orphaned: (conversation: Id, event: StreamEvent) => void
}

/** Makes the rows say what an event says [S4]. Inside a turn, so that the cursor is stored with them [S1]. */
export class EventApplier {
  readonly #ports: ApplierPorts

  constructor(ports: ApplierPorts) {
    this.#ports = ports
  }

  apply(stream: StreamId, event: StreamEvent): void {
    const { store, workspace, logger, observed, received, joined } = this.#ports
    const isMessage = event.type === 'message.created'
    if (isMessage && (event.message.conversation !== stream || event.message.seq !== event.seq)) {
      logger.warn({ stream, seq: event.seq }, 'a message that does not belong to its stream')
      return
    }
    const target = eventTarget(stream, event)
    const stored = target.message === null ? null : store.messageById(target.message)
    const rows = {
      message: stored?.conversation === stream ? stored : null,
      conversation: target.conversation === null ? null : workspace.record(target.conversation),
    }
    for (const change of applyEvent(event, rows, workspace.self)) {
      this.#perform(stream, change, rows.message)
    }
    if (isMessage) {
      if (event.message.author === workspace.self) observed(event.message)
      else received(event.message)
    }
    if (event.type === 'member.added') joined(stream, event.user, event.seq)
  }

  #perform(stream: StreamId, change: RowChange, stored: Message | null): void {
    const { workspace, changed, wanted, orphaned } = this.#ports
    switch (change.type) {
      case 'put-message':
        workspace.putMessage(change.message, stored)
        break
      case 'put-conversation':
        workspace.putRecord(change.record)
        changed(change.record.conversation.id)
        break
      case 'fetch-conversation':
        wanted(change.conversation)
        break
      case 'orphan':
        orphaned(stream, change.event)
        break
    }
  }
}
