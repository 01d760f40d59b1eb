import { describe, expect, test } from 'vitest'
import type { AnyCommand } from '../domain/command.ts'
import { refuse } from '../domain/refusal.ts'
import { Overloaded } from '../limits/overloaded.ts'
import { type Outcome, StoreUnavailable } from '../store/store.ts'
import { ManualClock, settle } from '../test-support/manual-clock.ts'
import { Receipts } from './receipts.ts'
import type { Signal } from './stream-bus.ts'

/** Receipts over a store that takes all marks, but of `theirs`. */
function setUp(execute: (command: AnyCommand) => Promise<Outcome> = taken) {
  const clock = new ManualClock()
  const commands: AnyCommand[] = []
  const signals: Signal[] = []
  let audience = 0
  const receipts = new Receipts({
    timing: clock,
    execute: (command) => {
      commands.push(command)
      return execute(command)
    },
    signal: (signal) => signals.push(signal),
    audienceSize: () => audience,
  })
  return {
    clock,
    commands,
    signals,
    receipts,
    setAudience: (size: number) => {
      audience = size
    },
  }
}

async function taken({ op, actor, request }: AnyCommand): Promise<Outcome> {
  if (op !== 'delivered') throw new Error('another command')
  const { conversation, seq } = request
  if (conversation === 'theirs') return refuse('forbidden', 'No.')
  const receipt = { user: actor, joined: 1, delivered: seq, read: 0 }
  return { ok: true, reply: {}, duplicate: false, moved: { conversation, receipt } }
}

describe('storing', () => {
  test('[R3] what arrives within a while is stored together, of each reader the highest', async () => {
    const { clock, commands, receipts } = setUp()
    const answers = [
      receipts.deliver('ann', [
        ['c', 3],
        ['d', 1],
      ]),
      receipts.deliver('ann', [['c', 7]]),
      receipts.deliver('bob', [['c', 5]]),
      receipts.deliver('ann', [['c', 4]]),
    ]
    await clock.pass(299)
    expect(commands).toEqual([])
    await clock.pass(1)
    const stored = commands.map(({ actor, request }) => [actor, request])
    expect(stored).toEqual([
      ['ann', { op: 'delivered', conversation: 'c', seq: 7 }],
      ['ann', { op: 'delivered', conversation: 'd', seq: 1 }],
      ['bob', { op: 'delivered', conversation: 'c', seq: 5 }],
    ])
    expect(new Set(commands.map(({ lane }) => lane)).size).toBe(3)
    const outcomes = await Promise.all(answers)
    expect(outcomes.map((each) => each.map(({ ok }) => ok))).toEqual([
      [true, true],
      [true],
      [true],
      [true],
    ])
  })

  test('what comes while it is stored is stored with the next', async () => {
    const { clock, commands, receipts } = setUp()
    const first = receipts.deliver('ann', [['c', 3]])
    await clock.pass(300)
    const second = receipts.deliver('ann', [['c', 4]])
    await clock.pass(300)
    await Promise.all([first, second])
    expect(commands.map(({ request }) => 'seq' in request && request.seq)).toEqual([3, 4])
  })

  test('each is told its own outcome, and only those fail whose marks failed', async () => {
    const { clock, receipts } = setUp((command) =>
      command.actor === 'bob' ? Promise.reject(new StoreUnavailable('away')) : taken(command),
    )
    const ann = receipts.deliver('ann', [
      ['theirs', 3],
      ['c', 3],
    ])
    const bob = expect(receipts.deliver('bob', [['c', 3]])).rejects.toThrow(StoreUnavailable)
    await clock.pass(300)
    expect((await ann).map(({ ok }) => ok)).toEqual([false, true])
    await bob
  })

  test('[V7] more marks than may wait are refused', async () => {
    const { clock, receipts } = setUp(async () => refuse('forbidden', 'No.'))
    const many = Array.from({ length: 50_000 }, (_, i) => [`c${i}`, 1] as const)
    const first = receipts.deliver('ann', many)
    await expect(receipts.deliver('bob', [['c', 1]])).rejects.toThrow(Overloaded)
    await clock.pass(300)
    expect(await first).toHaveLength(50_000)
    const later = receipts.deliver('bob', [['c', 1]])
    await clock.pass(300)
    expect(await later).toHaveLength(1)
  })
})

describe('telling', () => {
  const moved = (user: string, delivered: number, read = 0, conversation = 'c') => ({
    conversation,
    receipt: { user, joined: 1, delivered, read },
  })

  test('[R3] a burst is one signal a conversation, with the furthest of each member', async () => {
    const { clock, signals, receipts } = setUp()
    receipts.moved(moved('ann', 3))
    receipts.moved(moved('ann', 5, 2))
    receipts.moved(moved('bob', 4))
    receipts.moved(moved('ann', 4, 4))
    receipts.moved(moved('ann', 1, 0, 'd'))
    await clock.pass(99)
    expect(signals).toEqual([])
    await clock.pass(1)
    expect(signals).toEqual([
      {
        type: 'receipts',
        conversation: 'c',
        receipts: [
          { user: 'ann', joined: 1, delivered: 5, read: 4 },
          { user: 'bob', joined: 1, delivered: 4, read: 0 },
        ],
      },
      {
        type: 'receipts',
        conversation: 'd',
        receipts: [{ user: 'ann', joined: 1, delivered: 1, read: 0 }],
      },
    ])
    receipts.moved(moved('ann', 6, 6))
    await clock.pass(100)
    expect(signals).toHaveLength(3)
  })

  test('[V7] the more hear of it, the more is told at a time', async () => {
    const { clock, signals, receipts, setAudience } = setUp()
    setAudience(200)
    receipts.moved(moved('ann', 3))
    await clock.pass(2_099)
    expect(signals).toEqual([])
    await clock.pass(1)
    expect(signals).toHaveLength(1)
  })

  test('a stored delivery is told', async () => {
    const { clock, signals, receipts } = setUp()
    const stored = receipts.deliver('ann', [['c', 3]])
    await clock.pass(300)
    await stored
    await settle()
    await clock.pass(100)
    expect(signals).toMatchObject([{ conversation: 'c', receipts: [{ user: 'ann' }] }])
  })
})
