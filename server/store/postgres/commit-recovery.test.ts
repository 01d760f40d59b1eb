import { expect, test } from 'vitest'
import type { CommittedStream, StreamEntry } from '../../domain/stream-entry.ts'
import { StoreUnavailable } from '../store.ts'
import { CommitRecovery, type RecoveryReads } from './commit-recovery.ts'

const entry = (seq: number): StreamEntry => ({ seq, json: `{"seq":${seq}}` })

/** A database whose answers are given by the test, and what was told. */
function harness() {
  const asked: { after: number; answer: (entries: StreamEntry[]) => void; fail: () => void }[] = []
  const told: number[][] = []
  let onChange: () => void = () => undefined
  const reads: RecoveryReads = {
    entriesAfter: (_, after) =>
      new Promise((resolve, reject) => {
        const fail = () => reject(new StoreUnavailable('away'))
        asked.push({ after, answer: resolve, fail })
        onChange()
      }),
    entriesAt: (_, seqs) => Promise.resolve(seqs.map(entry)),
  }
  const recovery = new CommitRecovery(reads, (committed: readonly CommittedStream[]) => {
    for (const { entries, rewritten } of committed) {
      told.push([...entries, ...rewritten].map(({ seq }) => seq))
    }
    onChange()
  })
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      onChange = () => {
        if (condition()) resolve()
      }
      onChange()
    })
  return { recovery, asked, told, until }
}

test('[V10] a second doubtful commit that comes while the first is read is read, too', async () => {
  const { recovery, asked, told, until } = harness()
  recovery.add([{ stream: 'c', headBefore: 4, rewritten: [] }])
  await until(() => asked.length === 1)
  // The first was read at a moment when the second was not there yet.
  recovery.add([{ stream: 'c', headBefore: 5, rewritten: [] }])
  asked[0]?.answer([entry(5)])
  await until(() => asked.length === 2)
  expect(asked[1]?.after).toBeLessThanOrEqual(5)
  asked[1]?.answer([entry(6)])
  await until(() => told.length === 2)
  expect(told).toEqual([[5], [6]])
  await recovery.stop()
})

test('[V10] what could not be read is read again, with what came meanwhile', async () => {
  const { recovery, asked, told, until } = harness()
  recovery.add([{ stream: 'c', headBefore: 7, rewritten: [] }])
  await until(() => asked.length === 1)
  recovery.add([{ stream: 'c', headBefore: 9, rewritten: [2] }])
  asked[0]?.fail()
  await until(() => asked.length === 2)
  expect(asked[1]?.after).toBe(7)
  asked[1]?.answer([entry(8), entry(9), entry(10)])
  await until(() => told.length === 1)
  expect(told).toEqual([[8, 9, 10, 2]])
  await recovery.stop()
})

test('[V10] the same event rewritten by a second doubtful commit is read again', async () => {
  const { recovery, asked, told, until } = harness()
  recovery.add([{ stream: 'c', headBefore: 1, rewritten: [1] }])
  await until(() => asked.length === 1)
  recovery.add([{ stream: 'c', headBefore: null, rewritten: [1] }])
  asked[0]?.answer([entry(2)])
  await until(() => told.length === 2)
  expect(told).toEqual([[2, 1], [1]])
  await recovery.stop()
})

test('[V11] stopping does not wait for a database that does not answer', async () => {
  const { recovery, asked, until } = harness()
  recovery.add([{ stream: 'c', headBefore: 1, rewritten: [] }])
  await until(() => asked.length === 1)
  await recovery.stop()
})
