import { describe, expect, test } from 'vitest'
import type { Page, PageRequest } from '../store/store.ts'
import { ManualClock, settle } from '../test-support/manual-clock.ts'
import { TestReceiver } from '../test-support/test-receiver.ts'
import { type CatchingUp, CatchUp } from './catch-up.ts'
import { Subscription } from './subscription.ts'

function setUp(heads: Record<string, number>) {
  const clock = new ManualClock()
  const asked: PageRequest[] = []
  const failures: unknown[] = []
  const database = { fails: 0, lag: 0, limit: 10 }
  const catchUp = new CatchUp({
    read: async (request): Promise<Page> => {
      asked.push(request)
      if (database.fails-- > 0) throw new Error('away')
      const head = heads[request.stream] ?? 0
      const to = Math.min(head - database.lag, request.after + database.limit)
      const entries = Array.from({ length: Math.max(0, to - request.after) }, (_, i) => {
        const seq = request.after + i + 1
        return { seq, json: JSON.stringify({ seq }) }
      })
      return { entries, head }
    },
    monotonicMs: () => clock.monotonicMs(),
    pause: () => clock.pause(),
    later: (callback, ms) => clock.later(callback, ms),
    onFailure: (error) => failures.push(error),
    onPage: () => undefined,
  })
  const job = (stream: string, user = 'ann', isMember = true) => {
    const receiver = new TestReceiver(user)
    const subscription = new Subscription(stream, user, 0)
    const dropped: string[] = []
    const made: CatchingUp = {
      receiver,
      subscription,
      isMember: async () => isMember,
      dropped: () => dropped.push(stream),
    }
    return { ...made, made, receiver, dropped }
  }
  return { clock, asked, failures, database, catchUp, job }
}

describe('[V5] catching up', () => {
  test('reads page after page until it is live', async () => {
    const { catchUp, job } = setUp({ a: 95 })
    const { made, receiver, subscription } = job('a')
    catchUp.add(made)
    catchUp.add(made)
    await settle()
    expect(receiver.seqs('a')).toEqual(Array.from({ length: 95 }, (_, i) => i + 1))
    expect(subscription.phase).toBe('live')
    expect(catchUp.size).toBe(0)
  })

  test('takes turns: one with much to read does not keep the others waiting', async () => {
    const streams = ['long', 'b', 'c', 'd', 'e', 'f']
    const { catchUp, job, asked } = setUp({ long: 1_000, b: 5, c: 5, d: 5, e: 5, f: 5 })
    for (const stream of streams) catchUp.add(job(stream).made)
    await settle()
    const lastOfOthers = asked.map(({ stream }) => stream !== 'long').lastIndexOf(true)
    const longBefore = asked.slice(0, lastOfOthers).filter(({ stream }) => stream === 'long').length
    expect(longBefore).toBeLessThan(5)
  })

  test('one who comes at the very moment in which the last of the line are done is served, too', async () => {
    const heads = { a: 5, b: 5, c: 5, d: 5, late: 5 }
    for (let microtasks = 0; microtasks < 40; microtasks++) {
      const { catchUp, job } = setUp(heads)
      // As many as are served side by side: they end together.
      for (const stream of ['a', 'b', 'c', 'd']) catchUp.add(job(stream).made)
      for (let n = 0; n < microtasks; n++) await Promise.resolve()
      const late = job('late')
      catchUp.add(late.made)
      await settle()
      expect(late.receiver.seqs('late'), `${microtasks} microtasks later`).toHaveLength(5)
    }
  })

  test('[V7] waits for one who does not read, and goes on when it does', async () => {
    const { catchUp, job, asked } = setUp({ a: 50, b: 50 })
    const [slow, quick] = [job('a'), job('b')]
    slow.receiver.setReading(false)
    catchUp.add(slow.made)
    catchUp.add(quick.made)
    await settle()
    expect(slow.receiver.frames).toEqual([])
    expect(quick.receiver.seqs('b')).toHaveLength(50)
    expect(asked.filter(({ stream }) => stream === 'a')).toEqual([])
    slow.receiver.setReading(true)
    await settle()
    expect(slow.receiver.seqs('a')).toHaveLength(50)
  })

  test('[V8] a read that fails is tried again later', async () => {
    const { catchUp, job, database, clock, failures } = setUp({ a: 5 })
    database.fails = 1
    const { made, receiver } = job('a')
    catchUp.add(made)
    await settle()
    expect(failures).toHaveLength(1)
    expect(receiver.frames).toEqual([])
    await clock.pass(1_000)
    expect(receiver.seqs('a')).toEqual([1, 2, 3, 4, 5])
  })

  test('a cache that lags is not asked in a circle', async () => {
    const { catchUp, job, database, clock, asked } = setUp({ a: 5 })
    database.lag = 5
    const { made, receiver } = job('a')
    catchUp.add(made)
    await settle()
    expect(asked).toHaveLength(1)
    database.lag = 0
    await clock.pass(1_000)
    expect(receiver.seqs('a')).toHaveLength(5)
  })

  test('one whose socket is closed is forgotten, wherever it waits', async () => {
    const { catchUp, job, asked } = setUp({ a: 5 })
    const { made, receiver, subscription } = job('a')
    receiver.setReading(false)
    catchUp.add(made)
    await settle()
    subscription.close()
    catchUp.remove(made)
    receiver.setReading(true)
    await settle()
    expect(catchUp.size).toBe(0)
    expect(asked).toEqual([])
  })

  test('[V6] one in doubt reads on as a member, and is dropped as none', async () => {
    const { catchUp, job } = setUp({ a: 5 })
    const [member, stranger] = [job('a', 'ann', true), job('a', 'bob', false)]
    for (const { subscription, made } of [member, stranger]) {
      subscription.doubt()
      catchUp.add(made)
    }
    await settle()
    expect(member.receiver.seqs('a')).toHaveLength(5)
    expect(stranger.receiver.frames).toEqual([])
    expect(stranger.dropped).toEqual(['a'])
    expect(catchUp.size).toBe(0)
  })
})
