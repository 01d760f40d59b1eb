import { describe, expect, test } from 'vitest'
import type { StreamEvent } from '../../../protocol/model/event.ts'
import { entryOfEvent, erasesBodies } from '../../domain/stream-entry.ts'
import { decodeEntry, decodeLive, encodeEntry, seqOfEntryId } from './entry-codec.ts'
import { redisKeys } from './keys.ts'
import { nextHealth } from './link-health.ts'
import { decodeSignal, encodeSignal } from './signal-codec.ts'

const removed: StreamEvent = {
  ...{ seq: 7, type: 'member.removed', at: '2026-01-01T00:00:00.000Z', by: 'ann', user: 'bob' },
}
const deleted: StreamEvent = {
  ...{ seq: 8, type: 'message.deleted', at: '2026-01-01T00:00:01.000Z', by: 'ann' },
  message: { id: 'm', version: 2, deletedAt: '2026-01-01T00:00:01.000Z' },
}

describe('entries', () => {
  test('[V6] one that changes who may read comes back with the change', () => {
    const entry = entryOfEvent('room', removed)
    expect(decodeEntry('room', 7, encodeEntry(entry))).toEqual(entry)
    expect(entry.access).toEqual({ user: 'bob', conversation: 'room', allowed: false })
  })

  test('what is not ours is not an entry', () => {
    for (const value of ['', '.', '!', '{}', '!{}', '!{"seq":7', '?{}']) {
      expect(decodeEntry('room', 7, value)).toBeNull()
    }
    expect(decodeEntry('room', 6, encodeEntry(entryOfEvent('room', removed)))).toBeNull()
    for (const id of ['', '0-0', '1-1', '-1-0', '1', 'x-0', '99999999999999999999-0']) {
      expect(seqOfEntryId(id)).toBeNull()
    }
    expect(seqOfEntryId('42-0')).toBe(42)
  })

  test('a published batch comes back, a broken one does not', () => {
    const entries = [entryOfEvent('room', removed), entryOfEvent('room', deleted)]
    const payload = ['node', '7', ...entries.map(encodeEntry)].join('\n')
    expect(decodeLive('room', payload)).toEqual(entries)
    for (const broken of ['', 'node', 'node\n7', 'node\n0\n.{}', 'node\nx\n.{}', 'node\n7\nbad']) {
      expect(decodeLive('room', broken)).toBeNull()
    }
  })

  test('a deletion is known by its event, not by what somebody wrote', () => {
    expect(erasesBodies(entryOfEvent('room', deleted))).toBe(true)
    const body = '"type":"message.deleted"'
    expect(erasesBodies({ seq: 1, json: JSON.stringify({ type: 'message.created', body }) })).toBe(
      false,
    )
  })
})

test('signals come back; what is none is told apart', () => {
  const signal = { type: 'node', node: 'a', alive: true } as const
  expect(decodeSignal(encodeSignal('a', signal))).toEqual({ origin: 'a', signal })
  const receipts = [{ user: 'ann', joined: 1, delivered: 3, read: 2 }]
  const moved = { type: 'receipts', conversation: 'c', receipts } as const
  expect(decodeSignal(encodeSignal('a', moved))).toEqual({ origin: 'a', signal: moved })
  for (const bad of ['', '{', 'null', '{}', '{"origin":"a","signal":{"type":"revoked"}}']) {
    expect(decodeSignal(bad)).toBeNull()
  }
})

test('names of another database or purpose are not ours', () => {
  const keys = redisKeys('one')
  expect(keys.streamOfLive(keys.live('user:ann'))).toBe('user:ann')
  expect(keys.streamOfLive(keys.signals)).toBeNull()
  expect(keys.streamOfLive(redisKeys('two').live('room'))).toBeNull()
})

test('[V8] only a full round of answers leads up, and closed is closed', () => {
  const starting = { status: 'down', cause: 'starting' } as const
  expect(nextHealth(starting, { type: 'disconnected' })).toEqual(starting)
  const up = nextHealth(starting, { type: 'answered' })
  expect(up).toEqual({ status: 'up' })
  expect(nextHealth(up, { type: 'unanswered' })).toEqual({ status: 'down', cause: 'no answer' })
  expect(nextHealth(up, { type: 'disconnected' })).toEqual({
    ...{ status: 'down', cause: 'disconnected' },
  })
  const closed = nextHealth(up, { type: 'closed' })
  expect(nextHealth(closed, { type: 'answered' })).toEqual(closed)
})
