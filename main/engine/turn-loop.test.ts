import { beforeEach, expect, test } from 'vitest'
import { LoopStopped, TURN_BUDGET_MS, TurnLoop } from './turn-loop.ts'

/** A loop over a store that only records, with a clock that jobs move. */
class Harness {
  time = 0
  log: string[] = []
  failures: unknown[] = []
  maintenance = 0
  /** What housekeeping answers. */
  maintained: Promise<void> | null = null
  commitFails: Error | null = null
  readonly #deferred: (() => void)[] = []
  readonly loop = new TurnLoop({
    store: {
      transaction: (work) => {
        this.log.push('begin')
        const result = work()
        if (this.commitFails !== null) throw this.commitFails
        this.log.push('commit')
        return result
      },
      needsMaintenance: () => this.maintenance > 0,
      maintain: () => {
        this.maintenance -= 1
        this.log.push('maintain')
        return this.maintained
      },
    },
    defer: (callback) => {
      this.#deferred.push(callback)
      return () => this.#deferred.splice(this.#deferred.indexOf(callback), 1)
    },
    monotonic: () => this.time,
    turned: () => this.log.push(this.loop.hasBulk ? 'turned, more' : 'turned'),
    failed: (error) => this.failures.push(error),
  })

  /** Runs one turn of the event loop; false when nothing was waiting. */
  turn(): boolean {
    const callback = this.#deferred.shift()
    callback?.()
    return callback !== undefined
  }

  /** Log of the next turn alone. */
  nextTurn(): string[] {
    this.log = []
    this.turn()
    return this.log
  }

  job(name: string, ms = 0): () => string {
    return () => {
      this.log.push(name)
      this.time += ms
      return name
    }
  }

  bulk(name: string, steps: number, ms: number): void {
    let left = steps
    this.loop.addBulk({
      step: (isOver) => {
        while (left > 0) {
          left -= 1
          this.job(name, ms)()
          if (isOver()) break
        }
        return left > 0 ? 'more' : 'done'
      },
    })
  }
}

let harness: Harness

beforeEach(() => {
  harness = new Harness()
})

test('[O1] what arrives together shares one commit, and is answered after it', async () => {
  const answers: string[] = []
  for (const name of ['a', 'b']) {
    void harness.loop.run(harness.job(name)).then((answer) => answers.push(answer))
  }
  harness.loop.post(harness.job('c'))
  harness.loop.afterCommit(() => harness.log.push(`sent, answered: ${answers.length}`))
  expect(harness.nextTurn()).toEqual([
    'begin',
    'a',
    'b',
    'c',
    'commit',
    'sent, answered: 0',
    'turned',
  ])
  await Promise.resolve()
  await Promise.resolve()
  expect(answers).toEqual(['a', 'b'])
  expect(harness.turn()).toBe(false)
})

test('[S6] what is more than a turn goes on in the next one', () => {
  harness.bulk('bulk', 5, TURN_BUDGET_MS / 2)
  expect(harness.nextTurn()).toEqual(['begin', 'bulk', 'bulk', 'commit', 'turned, more'])
  expect(harness.nextTurn()).toEqual(['begin', 'bulk', 'bulk', 'commit', 'turned, more'])
  expect(harness.nextTurn()).toEqual(['begin', 'bulk', 'commit', 'turned'])
  expect(harness.turn()).toBe(false)
})

test('[S6] commands go before bulk, and neither starves the other', () => {
  harness.bulk('bulk', 2, TURN_BUDGET_MS)
  harness.loop.post(harness.job('x', TURN_BUDGET_MS))
  harness.loop.post(harness.job('y', TURN_BUDGET_MS))
  expect(harness.nextTurn()).toEqual(['begin', 'x', 'bulk', 'commit', 'turned, more'])
  expect(harness.nextTurn()).toEqual(['begin', 'y', 'bulk', 'commit', 'turned'])
  expect(harness.turn()).toBe(false)
})

test('[S6] housekeeping has turns of its own, one between two others', () => {
  harness.maintenance = 2
  harness.bulk('bulk', 2, TURN_BUDGET_MS)
  expect(harness.nextTurn()).toEqual(['maintain'])
  expect(harness.nextTurn()).toEqual(['begin', 'bulk', 'commit', 'turned, more'])
  expect(harness.nextTurn()).toEqual(['maintain'])
  expect(harness.nextTurn()).toEqual(['begin', 'bulk', 'commit', 'turned'])
  expect(harness.turn()).toBe(false)
})

test('[S6] while housekeeping goes on elsewhere, bulk waits, and commands do not', async () => {
  let end: () => void = () => undefined
  harness.maintained = new Promise((resolve) => {
    end = resolve
  })
  harness.maintenance = 2
  harness.bulk('bulk', 1, 0)
  expect(harness.nextTurn()).toEqual(['maintain'])
  expect(harness.turn()).toBe(false)
  harness.loop.post(harness.job('a'))
  expect(harness.nextTurn()).toEqual(['begin', 'a', 'commit', 'turned, more'])
  harness.bulk('more bulk', 1, 0)
  expect(harness.turn()).toBe(false)
  harness.maintained = null
  end()
  await Promise.resolve()
  while (harness.turn()) harness.log.push('|')
  expect(harness.log.slice(4)).toEqual([
    'maintain',
    '|',
    'begin',
    'bulk',
    'more bulk',
    'commit',
    'turned',
    '|',
  ])
})

test('housekeeping that is left is done when nothing else is', () => {
  harness.maintenance = 3
  harness.loop.post(harness.job('a'))
  while (harness.turn()) harness.log.push('|')
  expect(harness.log.filter((entry) => entry === 'maintain')).toHaveLength(3)
})

test('work that begets work in the same turn is done in the next one, after the commit', () => {
  harness.loop.post(() => harness.loop.afterCommit(() => harness.loop.post(harness.job('child'))))
  expect(harness.nextTurn()).toEqual(['begin', 'commit', 'turned'])
  expect(harness.nextTurn()).toEqual(['begin', 'child', 'commit', 'turned'])
})

test('[O1] a commit that fails: nobody is told that it was done, and nothing runs after it', async () => {
  harness.commitFails = new Error('disk')
  const taken = harness.loop.run(harness.job('a'))
  let sent = false
  harness.loop.afterCommit(() => {
    sent = true
  })
  harness.turn()
  await expect(taken).rejects.toThrow('disk')
  expect(harness.failures).toEqual([harness.commitFails])
  expect(sent).toBe(false)
  expect(harness.log).not.toContain('turned')
  await expect(harness.loop.run(harness.job('b'))).rejects.toBeInstanceOf(LoopStopped)
  harness.loop.post(harness.job('c'))
  harness.bulk('bulk', 1, 0)
  expect(harness.turn()).toBe(false)
})

test('one that waits behind a failed turn is told so too', async () => {
  harness.commitFails = new Error('disk')
  harness.loop.post(harness.job('long', TURN_BUDGET_MS))
  const behind = harness.loop.run(harness.job('behind'))
  harness.turn()
  await expect(behind).rejects.toThrow('disk')
})

test('finishing commits what was taken, at once, and leaves bulk to the next start', async () => {
  harness.bulk('bulk', 1, 0)
  const first = harness.loop.run(harness.job('a', TURN_BUDGET_MS))
  const second = harness.loop.run(harness.job('b'))
  harness.loop.finish()
  expect(await Promise.all([first, second])).toEqual(['a', 'b'])
  expect(harness.log).toEqual(['begin', 'a', 'commit', 'turned', 'begin', 'b', 'commit', 'turned'])
  await expect(harness.loop.run(harness.job('c'))).rejects.toBeInstanceOf(LoopStopped)
  expect(harness.turn()).toBe(false)
})
