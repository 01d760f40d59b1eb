import { expect, test } from 'vitest'
import type { Operation } from '../sync/operation.ts'
import { uuid } from '../sync/test-support/outbox-driver.ts'
import { OutboxDriver, type OutboxPorts } from './outbox-driver.ts'
import type { BulkJob } from './turn-loop.ts'

test('[S6] "Retry all" of 9,999 that failed is done in slices, and misses none', () => {
  const operations = Array.from(
    { length: 9_999 },
    (_, n): Operation => ({
      ...{ kind: 'send', key: uuid(n + 1), conversation: 'c', ordinal: n + 1, createdAt: 0 },
      ...{ attempts: 6, mayHaveArrived: false, body: 'hello', replyTo: null },
      status: { state: 'failed', failure: { code: 'unavailable' } },
    }),
  )
  const jobs: BulkJob[] = []
  let written = 0
  const nothing = () => undefined
  const ports = {
    store: {
      loadOutbox: () => ({ operations, unreadable: [] }),
      putOperation: () => written++,
      setting: () => null,
    },
    changes: { operation: nothing, conversation: nothing, outbox: nothing },
    loop: { addBulk: (job: BulkJob) => jobs.push(job) },
    clock: { now: () => 0, monotonic: () => 0 },
    timers: { set: () => nothing },
  } as unknown as OutboxPorts
  const outbox = new OutboxDriver(ports)
  outbox.load()
  outbox.retryAll()
  expect(written).toBe(0)
  const [job] = jobs
  if (job === undefined) throw new Error('nothing was put into slices')
  let slices = 0
  for (let more = true; more; slices += 1) {
    const before = written
    more = job.step(() => written - before >= 50) === 'more'
    expect(written - before).toBeLessThanOrEqual(50)
  }
  expect(slices).toBeGreaterThan(199)
  expect(outbox.state.counts.settled).toBe(0)
})
