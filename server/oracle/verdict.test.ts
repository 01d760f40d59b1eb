import { expect, test } from 'vitest'
import { StreamEvent } from '../../protocol/model/event.ts'
import { MemoryLog } from '../test-support/memory-log.ts'
import type { Acknowledged } from './device.ts'
import { DeviceLog } from './device-log.ts'
import { judgeLogs, readable, type Witness } from './verdict.ts'

const KEY = '00000000-0000-4000-8000-000000000001'

/** Three messages of ann in one room, all received and the first acknowledged to its device. */
async function world() {
  const log = new MemoryLog('x')
  for (const body of ['one', 'two', 'three']) log.send('room', body)
  const truth = async () => {
    const { entries } = await log.entriesAfter({
      ...{ stream: 'room', after: 0, limit: 100, maxBytes: 1 << 20 },
    })
    return entries.map(({ json }) => StreamEvent.parse(JSON.parse(json)))
  }
  const received = new DeviceLog('ann', ['room'])
  received.take('room', await truth())
  const acknowledged: Acknowledged[] = [
    {
      ...{ key: KEY, lane: 'room', seq: 1, duplicate: false },
      change: { op: 'send', conversation: 'room', body: 'one' },
    },
  ]
  const witness = {
    ...{ user: 'ann', log: received, acknowledged, refused: [], violations: [] },
    sentInOrder: () => acknowledged,
  } satisfies Witness
  return { log, witness, events: await truth(), truth }
}

const judged = (events: readonly StreamEvent[], witness: Witness) =>
  judgeLogs(new Map([['room', events]]), [witness])

test('when every promise was kept there is nothing to say', async () => {
  const { log, witness, events, truth } = await world()
  expect(judged(events, witness)).toEqual([])
  // A body that was erased after it was received is no difference.
  log.erase('room', 2)
  const after = await truth()
  expect(judged(after, witness)).toEqual(['room: a device has 3 of 4'])
})

test('each broken promise is named', async () => {
  const { witness, events } = await world()
  const [one, two, three] = events
  if (one === undefined || two === undefined || three === undefined) throw new Error('no events')
  expect(judged([one, two], witness)).toContain('room: a device has 3 of 2')
  expect(judged([one, three], witness)).toContain('room: 3 at place 2')
  expect(judged([...events, { ...one, seq: 4 }], witness)).toContain(
    `twice: the message with key ann ${KEY}`,
  )
  expect(judged([two, { ...one, seq: 2 }, three], witness).join('\n')).toMatch(/lost: send/)
  const altered = { ...two, by: 'bob' }
  expect(judged([one, altered, three], witness).join('\n')).toMatch(/is not what happened/)
  const refused = {
    ...{ key: KEY, code: 'forbidden' },
    change: { op: 'delete', message: 'x' } as const,
  }
  expect(judged(events, { ...witness, refused: [refused] }).join('\n')).toMatch(/refused and there/)
  const late = { ...witness.acknowledged[0], seq: 3 } as Acknowledged
  const backwards = { ...witness, sentInOrder: () => [late, ...witness.acknowledged] }
  expect(judged(events, backwards).join('\n')).toMatch(/out of order/)
  const resurrected: StreamEvent = {
    ...{ seq: 4, at: one.at, by: 'ann', type: 'message.deleted' },
    message: { id: 'room-1', version: 2, deletedAt: one.at },
  }
  expect(judged([...events, resurrected], witness).join('\n')).toMatch(/body of deleted message/)
})

test('a gap and a repeat are noticed when they come', async () => {
  const { events } = await world()
  const log = new DeviceLog('ann', ['room'])
  expect(log.take('room', events.slice(0, 1))).toBeNull()
  expect(log.take('room', events.slice(2))).toMatch(/got 3 .* after 1/)
  expect(log.take('room', events.slice(0, 1))).toMatch(/got 1 .* after 1/)
  expect(log.take('elsewhere', events)).toMatch(/no member/)
})

test('[V6] one who was removed last may have it up to the removal', () => {
  const at = '2026-01-01T00:00:00.000Z'
  const events: StreamEvent[] = [
    { seq: 1, type: 'member.removed', at, by: 'ann', user: 'bob' },
    { seq: 2, type: 'member.added', at, by: 'ann', user: 'bob' },
    { seq: 3, type: 'member.removed', at, by: 'ann', user: 'bob' },
    { seq: 4, type: 'member.removed', at, by: 'ann', user: 'cas' },
  ]
  const truth = new Map([['room', events]])
  expect(readable(truth, 'room', 'bob')).toEqual({ least: 0, most: 3 })
  expect(readable(truth, 'room', 'cas')).toEqual({ least: 0, most: 4 })
  expect(readable(truth, 'room', 'ann')).toEqual({ least: 4, most: 4 })
})
