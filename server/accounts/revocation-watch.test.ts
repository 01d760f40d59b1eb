import { expect, test } from 'vitest'
import { ManualClock, settle } from '../test-support/manual-clock.ts'
import { RevocationWatch } from './revocation-watch.ts'

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const hex = (byte: number): string => Buffer.from(hash(byte)).toString('hex')

function setUp() {
  const clock = new ManualClock()
  const revoked: { at: number; hash: Uint8Array }[] = []
  const asked: number[] = []
  const told: string[] = []
  const failures: unknown[] = []
  const store = {
    answer: async (withinMs: number): Promise<readonly Uint8Array[]> =>
      revoked.filter(({ at }) => at > clock.monotonicMs() - withinMs).map((one) => one.hash),
  }
  const watch = new RevocationWatch({
    store: {
      revokedWithin: (withinMs) => {
        asked.push(withinMs)
        return store.answer(withinMs)
      },
    },
    timing: clock,
    onRevoked: (tokenHash) => told.push(tokenHash),
    onFailure: (error) => failures.push(error),
  })
  const revoke = (byte: number) => revoked.push({ at: clock.monotonicMs(), hash: hash(byte) })
  return { clock, watch, store, revoke, asked, told, failures }
}

test('[V6] a revocation that no signal told of is told within a second, and once', async () => {
  const { clock, revoke, told } = setUp()
  await clock.pass(5_000)
  revoke(1)
  await clock.pass(1_000)
  expect(told).toEqual([hex(1)])
  revoke(2)
  await clock.pass(60_000)
  expect(told).toEqual([hex(1), hex(2)])
})

test('[V6] what was revoked while the database was away for long is told when it is back', async () => {
  const { clock, store, revoke, told, failures } = setUp()
  await clock.pass(5_000)
  const { answer } = store
  store.answer = () => Promise.reject(new Error('away'))
  revoke(1)
  await clock.pass(120_000)
  expect(failures.length).toBeGreaterThan(100)
  expect(told).toEqual([])
  store.answer = answer
  await clock.pass(1_000)
  expect(told).toEqual([hex(1)])
})

test('[V7] a slow database is not asked again before it answered; one look that is asked for follows', async () => {
  const { clock, watch, store, asked } = setUp()
  let open: (hashes: readonly Uint8Array[]) => void = () => undefined
  store.answer = () =>
    new Promise((resolve) => {
      open = resolve
    })
  await clock.pass(10_000)
  expect(asked).toHaveLength(1)
  watch.look()
  watch.look()
  expect(asked).toHaveLength(1)
  open([])
  await settle()
  expect(asked).toHaveLength(2)
  watch.look()
  watch.stop()
  open([])
  await clock.pass(10_000)
  expect(asked).toHaveLength(2)
})
