import type { IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { Operation, OperationKind } from './operation.ts'
import type { RequestBody } from './transport.ts'

/**
 * The request that an operation is transmitted as; null while it depends on an answer that is still out (the id of its
 * message, the version its edit is based on). `after` is the change that must have been applied before it.
 */
export function operationRequest(
  operation: Operation,
  after: IdempotencyKey | null,
): RequestBody<OperationKind> | null {
  const { key } = operation
  const order = after === null ? {} : { after }
  switch (operation.kind) {
    case 'send': {
      const { conversation, body, replyTo } = operation
      if (replyTo === null) return { op: 'send', key, conversation, body, ...order }
      if (replyTo.id === null) return null
      return { op: 'send', key, conversation, body, replyTo: replyTo.id, ...order }
    }
    case 'edit': {
      const { target, body, baseVersion } = operation
      if (target.id === null || baseVersion === null) return null
      return { op: 'edit', key, message: target.id, body, baseVersion, ...order }
    }
    case 'delete': {
      const { target } = operation
      return target.id === null ? null : { op: 'delete', key, message: target.id, ...order }
    }
    case 'react': {
      const { target, emoji, on } = operation
      return target.id === null
        ? null
        : { op: 'react', key, message: target.id, emoji, on, ...order }
    }
    case 'read':
      return { op: 'read', key, conversation: operation.conversation, seq: operation.seq }
  }
}

/** The message that an operation needs the id of, if any. */
export function targetOf(operation: Operation): { key: string; id: string | null } | null {
  switch (operation.kind) {
    case 'send':
      return operation.replyTo
    case 'edit':
    case 'delete':
    case 'react':
      return operation.target
    case 'read':
      return null
  }
}
