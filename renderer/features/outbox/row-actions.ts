import type { FailureView, OutboxItem } from '../../../protocol/ipc/views.ts'

export type RowAction = 'compare' | 'retry' | 'edit' | 'copy' | 'discard'

/**
 * Reasons that do not go away by themselves: trying again would fail in the same way. Whoever was removed may come back
 * and a server may be mended, so those are not among them; nor is what this version does not know.
 */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'invalid',
  'too_large',
  'gone',
  'edit_window_expired',
  'key_reused',
  'unreadable',
])

/** Whether trying again can help at all. */
function canRetry(failure: FailureView): boolean {
  return !FINAL_CODES.has(failure.code)
}

/** What can be done about an operation, in the order in which it is offered: only what makes sense as it stands. */
export function rowActions({ kind, message, status }: OutboxItem): RowAction[] {
  const hasText = (kind === 'send' || kind === 'edit') && message !== null
  switch (status.state) {
    case 'conflict':
      return ['compare', 'copy', 'discard']
    case 'waiting':
      return ['retry', 'discard']
    case 'failed': {
      const again: RowAction[] = canRetry(status.failure)
        ? ['retry']
        : kind === 'send' && message !== null
          ? ['edit']
          : []
      return [...again, ...(hasText ? (['copy'] as const) : []), 'discard']
    }
    case 'queued':
    case 'sending':
    case 'unconfirmed':
    case 'parked':
      return ['discard']
  }
}
