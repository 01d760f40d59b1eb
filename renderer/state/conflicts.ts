import type { MessageView, OperationStatus, OutboxItem } from '../../protocol/ipc/views.ts'
import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'

/** An edit that met another one: both texts, until the user chooses. */
export interface Conflict {
  readonly key: IdempotencyKey
  readonly conversation: Id
  /** Key of the message. */
  readonly message: string
  readonly mine: string
  readonly theirs: string
}

/** The conflicts that are known, by operation key, oldest first. */
export type Conflicts = ReadonlyMap<IdempotencyKey, Conflict>

type Source = {
  conversation: Id
  message: string
  operation: { key: IdempotencyKey; status: OperationStatus } | null
}

function learn(conflicts: Conflicts, sources: readonly Source[]): Conflicts {
  let next: Map<IdempotencyKey, Conflict> | null = null
  for (const { conversation, message, operation } of sources) {
    for (const known of conflicts.values()) {
      if (known.message !== message) continue
      if (operation?.key === known.key && operation.status.state === 'conflict') continue
      next ??= new Map(conflicts)
      next.delete(known.key)
    }
    if (operation?.status.state !== 'conflict') continue
    const { mine, theirs } = operation.status
    const known = conflicts.get(operation.key)
    if (known?.mine === mine && known.theirs === theirs) continue
    next ??= new Map(conflicts)
    next.set(operation.key, { key: operation.key, conversation, message, mine, theirs })
  }
  return next ?? conflicts
}

/** Learns from messages that were told: new conflicts come, settled ones go. */
export function conflictsFromMessages(
  conflicts: Conflicts,
  messages: readonly MessageView[],
): Conflicts {
  return learn(
    conflicts,
    messages.map(({ conversation, key, pending }) => ({
      conversation,
      message: key,
      operation: pending,
    })),
  )
}

/** Learns from the outbox, where conflicts of conversations that are not shown are found. */
export function conflictsFromOutbox(conflicts: Conflicts, items: readonly OutboxItem[]): Conflicts {
  return learn(
    conflicts,
    items.flatMap((item) =>
      item.message === null || item.status.state !== 'conflict'
        ? []
        : [{ conversation: item.conversation.id, message: item.message, operation: item }],
    ),
  )
}

/** Forgets one that was answered. */
export function withoutConflict(conflicts: Conflicts, key: IdempotencyKey): Conflicts {
  if (!conflicts.has(key)) return conflicts
  const next = new Map(conflicts)
  next.delete(key)
  return next
}
