import type { Result } from '../../../protocol/ipc/api.ts'
import type { OutboxItem, OutboxPage } from '../../../protocol/ipc/views.ts'
import type { ProfileStore } from '../../store/profile-store.ts'
import type { Now } from '../../sync/clock.ts'
import { subjectOf } from '../../sync/message-projection.ts'
import type { Operation, UnreadableOperation } from '../../sync/operation.ts'
import { statusView } from '../../sync/operation-view.ts'
import {
  countOutbox,
  type Entry,
  findOperation,
  isSignedOut,
  isThrownAway,
  type OutboxState,
} from '../../sync/outbox-state.ts'
import { shownUnreadable } from '../../sync/outbox-unreadable.ts'
import type { Workspace } from '../workspace.ts'
import { withConversation } from './failure-view.ts'
import { previewOf } from './preview.ts'

export interface OutboxViewPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly outbox: () => OutboxState
  readonly now: () => Now
}

/**
 * What waits and what failed, without read markers: those are nothing that the user wrote and would look for. Unreadable
 * rows count as failed [O9].
 */
export function outboxCounts(outbox: OutboxState): { waiting: number; failed: number } {
  const { waiting, failed } = countOutbox(outbox)
  const { reads, settledReads } = outbox.counts
  return { waiting: waiting - (reads - settledReads), failed: failed - settledReads }
}

/** The oldest operations, what cannot be read before all else. */
export function outboxPage(ports: OutboxViewPorts, limit: number): OutboxPage {
  const outbox = ports.outbox()
  const unreadable = shownUnreadable(outbox)
  const items = unreadable.slice(0, limit).map((row) => unreadableItem(ports, row))
  const context = { now: ports.now(), isSignedOut: isSignedOut(outbox) }
  for (const entry of outbox.entries.values()) {
    if (items.length >= limit) break
    if (entry.operation.kind !== 'read' && !isThrownAway(entry.operation))
      items.push(itemOf(ports, entry, context))
  }
  const { all, reads } = outbox.counts
  return { items, total: unreadable.length + all - reads }
}

/** The whole text of a message or an edit that is not confirmed. */
export function operationText({ outbox }: OutboxViewPorts, key: string): Result<string> {
  const operation = findOperation(outbox(), key)
  if (operation?.kind !== 'send' && operation?.kind !== 'edit') {
    return { ok: false, failure: { code: 'not_found' } }
  }
  return { ok: true, value: operation.body }
}

function itemOf(
  ports: OutboxViewPorts,
  entry: Entry,
  context: Parameters<typeof statusView>[1],
): OutboxItem {
  const { operation } = entry
  const { key, kind, createdAt } = operation
  const conversation = conversationOf(ports, operation.conversation)
  return {
    key,
    kind,
    conversation,
    message: subjectOf(operation),
    preview: previewOf(textOf(ports, operation)),
    createdAt,
    status: withConversation(statusView(entry, context), conversation.name),
  }
}

function unreadableItem(ports: OutboxViewPorts, row: UnreadableOperation): OutboxItem {
  return {
    key: row.key,
    kind: 'send',
    conversation: conversationOf(ports, row.conversation ?? ''),
    message: null,
    preview: '',
    createdAt: row.createdAt ?? 0,
    status: { state: 'failed', failure: { code: 'unreadable' } },
  }
}

function conversationOf({ workspace }: OutboxViewPorts, id: string): OutboxItem['conversation'] {
  const record = workspace.record(id)
  return { id, name: record === null ? 'Unknown' : workspace.conversationName(record) }
}

/** The text that an operation is about: its own, or that of the message it changes. */
function textOf({ store, outbox }: OutboxViewPorts, operation: Operation): string {
  switch (operation.kind) {
    case 'send':
    case 'edit':
      return operation.body
    case 'react':
      return operation.emoji
    case 'delete': {
      const { key, id } = operation.target
      const stored = id === null ? store.messageByKey(key) : store.messageById(id)
      if (stored !== null) return stored.body ?? ''
      const send = findOperation(outbox(), key)
      return send?.kind === 'send' ? send.body : ''
    }
    case 'read':
      return ''
  }
}
