import { describe, expect, test } from 'vitest'
import type { Access, StreamEntry } from '../domain/stream-entry.ts'
import type { Page } from '../store/store.ts'
import { settle } from '../test-support/manual-timing.ts'
import { TestReceiver } from '../test-support/test-receiver.ts'
import { Subscription } from './subscription.ts'
import { Topic } from './topic.ts'

function entry(seq: number, access?: Access): StreamEntry {
  const json = JSON.stringify({ seq })
  return access === undefined ? { seq, json } : { seq, json, access }
}

function entries(from: number, to: number): StreamEntry[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => entry(from + i))
}

/** A topic over a database that holds `head` entries, with one live subscriber. */
function setUp(head = 0) {
  const database = { head, fails: 0, reads: 0 }
  const accesses: Access[] = []
  const stuck: (() => void)[] = []
  const topic = new Topic('c', {
    read: async (after): Promise<Page> => {
      database.reads++
      if (database.fails-- > 0) throw new Error('away')
      return {
        entries: entries(after + 1, Math.min(database.head, after + 3)),
        head: database.head,
      }
    },
    onAccess: (access) => accesses.push(access),
    onStuck: (_, retry) => stuck.push(retry),
  })
  topic.startAt(head)
  const subscribe = (user: string, cursor = head) => {
    const receiver = new TestReceiver(user)
    const subscription = new Subscription('c', user, cursor)
    subscription.skipReading(head)
    const attended: string[] = []
    topic.add({ receiver, subscription, attend: () => attended.push(subscription.phase) })
    return { receiver, subscription, attended }
  }
  return { topic, database, accesses, stuck, subscribe }
}

describe('a topic', () => {
  test('hands one frame to all who are live', () => {
    const { topic, subscribe } = setUp()
    const [ann, bob] = [subscribe('ann'), subscribe('bob')]
    topic.take(entries(1, 3))
    expect(ann.receiver.seqs('c')).toEqual([1, 2, 3])
    expect(ann.receiver.frames[0]).toBe(bob.receiver.frames[0])
  })

  test('drops repeats, also in part', () => {
    const { topic, subscribe } = setUp()
    const { receiver } = subscribe('ann')
    topic.take(entries(1, 3))
    topic.take(entries(2, 3))
    topic.take(entries(3, 5))
    expect(receiver.seqs('c')).toEqual([1, 2, 3, 4, 5])
  })

  test('[V5] a gap is read once for all, and what comes meanwhile follows', async () => {
    const { topic, database, subscribe } = setUp()
    const { receiver } = subscribe('ann')
    subscribe('bob')
    database.head = 6
    topic.take(entries(5, 6))
    topic.take(entries(7, 8))
    database.head = 8
    await settle()
    expect(receiver.seqs('c')).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(database.reads).toBeLessThan(5)
  })

  test('[V10] a head that is announced and never comes is read', async () => {
    const { topic, database, subscribe } = setUp(4)
    const { receiver } = subscribe('ann')
    database.head = 6
    topic.expect(6)
    await settle()
    expect(receiver.seqs('c')).toEqual([5, 6])
    expect(topic.head).toBe(6)
  })

  test('[V8] while the database is away it is tried again, and nothing is lost', async () => {
    const { topic, database, stuck, subscribe } = setUp()
    const { receiver } = subscribe('ann')
    database.fails = 1
    database.head = 3
    topic.take(entries(3, 3))
    await settle()
    expect(receiver.seqs('c')).toEqual([])
    stuck[0]?.()
    await settle()
    expect(receiver.seqs('c')).toEqual([1, 2, 3])
  })

  test('[V8] a head that the database does not know is forgotten: an older copy was put back', async () => {
    const { topic, database, stuck } = setUp(4)
    topic.expect(9)
    await settle()
    expect(database.reads).toBe(1)
    expect(stuck).toEqual([])
    expect(topic.known).toBe(4)
  })

  test('[V7] frames stay far below what a client takes', () => {
    const { topic, subscribe } = setUp()
    const { receiver } = subscribe('ann')
    const large = Array.from({ length: 120 }, (_, i) => ({
      seq: i + 1,
      json: JSON.stringify({ seq: i + 1, body: '界'.repeat(16 * 1024) }),
    }))
    topic.take(large)
    expect(receiver.seqs('c')).toHaveLength(120)
    for (const frame of receiver.frames) expect(frame.length).toBeLessThan(1024 * 1024)
  })

  test('[V6] a change of access takes effect right after its own event', () => {
    const { topic, accesses, subscribe } = setUp()
    const { receiver, subscription, attended } = subscribe('bob')
    const { receiver: other } = subscribe('ann')
    const access: Access = { user: 'bob', conversation: 'c', allowed: false }
    topic.take([entry(1), entry(2, access), entry(3), entry(4)])
    expect(receiver.seqs('c')).toEqual([1, 2])
    expect(subscription.phase).toBe('checking')
    expect(attended).toEqual(['checking'])
    expect(accesses).toEqual([access])
    expect(other.seqs('c')).toEqual([1, 2, 3, 4])
  })

  test('one who catches up gets its entries from its pages, one who left gets none', () => {
    const { topic, subscribe } = setUp(2)
    const late = subscribe('ann', 0)
    const gone = subscribe('bob')
    gone.subscription.close()
    topic.take(entries(3, 4))
    expect(late.receiver.frames).toEqual([])
    expect(gone.receiver.frames).toEqual([])
    expect(late.subscription.takePage({ entries: entries(1, 2), head: 2 })).toHaveLength(4)
  })
})
