import { describe, expect, test } from 'vitest'
import type { OutboxItem } from '../../../protocol/ipc/views.ts'
import { rowActions } from './row-actions.ts'

const item = (status: OutboxItem['status'], change: Partial<OutboxItem> = {}): OutboxItem => ({
  key: 'k',
  kind: 'send',
  conversation: { id: 'c', name: 'Harbour' },
  message: 'k',
  preview: 'text',
  createdAt: 0,
  status,
  ...change,
})
const failed = (code: string, change: Partial<OutboxItem> = {}) =>
  rowActions(item({ state: 'failed', failure: { code } }, change))

describe('[O9] the outbox offers only what makes sense', () => {
  test.each(['queued', 'sending', 'unconfirmed', 'parked'] as const)(
    'what is only %s cannot be retried',
    (state) => {
      expect(rowActions(item({ state }))).toEqual(['discard'])
    },
  )

  test('what waits for its retry can be tried now', () => {
    const failure = { code: 'unavailable' }
    const status = { state: 'waiting', retry: 1, maxRetries: 5, retryInMs: 1, failure } as const
    expect(rowActions(item(status))).toEqual(['retry', 'discard'])
  })

  test('a conflict asks for a comparison', () => {
    const status = { state: 'conflict', mine: 'a', theirs: 'b' } as const
    expect(rowActions(item(status, { kind: 'edit' }))).toEqual(['compare', 'copy', 'discard'])
  })

  test.each(['unavailable', 'timeout', 'forbidden', 'depends_on_failed', 'from_the_future'])(
    'what failed as %s can be tried again',
    (code) => {
      expect(failed(code)).toEqual(['retry', 'copy', 'discard'])
    },
  )

  test.each(['too_large', 'invalid', 'key_reused'])(
    'a message that failed as %s can be changed, never just retried',
    (code) => {
      expect(failed(code)).toEqual(['edit', 'copy', 'discard'])
    },
  )

  test.each(['gone', 'edit_window_expired'])(
    'an edit that failed as %s leaves its text',
    (code) => {
      expect(failed(code, { kind: 'edit' })).toEqual(['copy', 'discard'])
    },
  )

  test('what has no text of its own, or cannot be read, can only go', () => {
    expect(failed('gone', { kind: 'react' })).toEqual(['discard'])
    expect(failed('unreadable', { message: null })).toEqual(['discard'])
  })
})
