import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id, Seq, StreamId } from '../../protocol/model/primitives.ts'
import type { ReceivedEvent } from '../../protocol/model/received.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { applyEvent, belongs, eventTarget, type RowChange } from '../sync/apply-event.ts'
import { eventPlace, isOfTheStore, type Keeper } from './keeper.ts'
import type { Logger } from './ports.ts'
import type { Workspace } from './workspace.ts'

export interface ApplierPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly logger: Logger
  readonly keeper: Keeper
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

  /** What cannot be read is kept, and what made something fail before is passed over: the stream goes on [O9, G1]. */
  apply(stream: StreamId, event: ReceivedEvent): void {
    const { keeper } = this.#ports
    if (event.type === 'kept') keeper.keepEvent(stream, event, event.reason)
    else if (!keeper.isAside(stream, event)) this.#apply(stream, event)
  }

  #apply(stream: StreamId, event: StreamEvent): void {
    const { workspace, keeper } = this.#ports
    if (!belongs(stream, event)) {
      keeper.keepEvent(stream, event, 'misfit')
      return
    }
    const planned = this.#plan(stream, event)
    if (planned === null) return
    keeper.guard(eventPlace(stream, event), event, undefined, () => {
      for (const change of planned.changes) this.#perform(stream, change, planned.message)
      this.#tell(stream, event, workspace.self)
    })
  }

  /** What an event changes, before anything of it is written: one that fails here costs nothing. */
  #plan(
    stream: StreamId,
    event: StreamEvent,
  ): { changes: RowChange[]; message: Message | null } | null {
    const { store, workspace, keeper, logger } = this.#ports
    try {
      const target = eventTarget(stream, event)
      const stored = target.message === null ? null : store.messageById(target.message)
      const message = stored?.conversation === stream ? stored : null
      const conversation =
        target.conversation === null ? null : workspace.record(target.conversation)
      return { changes: applyEvent(event, { message, conversation }, workspace.self), message }
    } catch (error) {
      if (isOfTheStore(error)) throw error
      logger.error({ err: error, stream, seq: event.seq, type: event.type }, 'an event fails')
      keeper.keepEvent(stream, event, 'threw')
      return null
    }
  }

  #tell(stream: StreamId, event: StreamEvent, self: Id): void {
    const { observed, received, joined } = this.#ports
    if (event.type === 'message.created') {
      if (event.message.author === self) observed(event.message)
      else received(event.message)
    }
    const isEdit = event.type === 'message.edited' && event.by === self
    if (isEdit || event.type === 'message.deleted') {
      const changed = this.#ports.store.messageById(event.message.id)
      if (changed?.author === self) observed(changed)
    }
    if (event.type === 'member.added') joined(stream, event.user, event.seq)
  }

  #perform(stream: StreamId, change: RowChange, stored: Message | null): void {
    const { workspace, changed, wanted, orphaned, keeper } = this.#ports
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
        // What it is about may be among what waits for a newer version: then it waits, too.
        if (keeper.hasEvents(stream)) keeper.keepEvent(stream, change.event, 'waits')
        orphaned(stream, change.event)
        break
    }
  }
}
