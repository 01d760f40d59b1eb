import { describe, expect, test } from 'vitest'
import { Abandoned, FairWork } from './fair-work.ts'
import { Overloaded } from './overloaded.ts'

/** Work that waits to be let go, and the order in which it was begun. */
function workshop(limits = { concurrent: 1, waiting: 100, waitingEach: 50 }) {
  const work = new FairWork(limits)
  const begun: string[] = []
  const doors: (() => void)[] = []
  const ask = (party: string, name: string, gone?: AbortSignal) =>
    work.run(
      party,
      async () => {
        begun.push(name)
        await new Promise<void>((resolve) => doors.push(resolve))
        return name
      },
      gone,
    )
  const finishAll = async () => {
    for (let i = 0; i < 1_000; i++) {
      doors.shift()?.()
      await Promise.resolve()
    }
  }
  return { ask, begun, finishAll }
}

describe('[V4] fair work', () => {
  test('who asks for one thing waits a single turn behind one who asks for many', async () => {
    const { ask, begun, finishAll } = workshop()
    const all = [
      ...Array.from({ length: 5 }, (_, i) => ask('many', `many ${i}`)),
      ask('one', 'one'),
      ask('two', 'two'),
    ]
    await finishAll()
    expect(begun).toEqual(['many 0', 'many 1', 'one', 'two', 'many 2', 'many 3', 'many 4'])
    expect(await Promise.all(all)).toHaveLength(7)
  })

  test('what nobody waits for any more is not done', async () => {
    const { ask, begun, finishAll } = workshop()
    const gone = new AbortController()
    const first = ask('a', 'first')
    const left = Promise.all(
      Array.from({ length: 3 }, (_, i) =>
        expect(ask('a', `left ${i}`, gone.signal)).rejects.toThrow(Abandoned),
      ),
    )
    const last = ask('a', 'last')
    gone.abort()
    await left
    await expect(ask('a', 'too late', gone.signal)).rejects.toThrow(Abandoned)
    await finishAll()
    expect(await Promise.all([first, last])).toEqual(['first', 'last'])
    expect(begun).toEqual(['first', 'last'])
  })

  test('each line has an end', async () => {
    const { ask, finishAll } = workshop({ concurrent: 1, waiting: 10, waitingEach: 2 })
    const taken = [ask('a', '1'), ask('a', '2'), ask('a', '3')]
    await expect(ask('a', '4')).rejects.toThrow(Overloaded)
    const other = ask('b', 'b')
    await finishAll()
    expect(await Promise.all([...taken, other])).toEqual(['1', '2', '3', 'b'])
  })

  test('when all is full, the longest line gives way to one who waits for less', async () => {
    const { ask, begun, finishAll } = workshop({ concurrent: 1, waiting: 4, waitingEach: 4 })
    const running = ask('a', 'running')
    const kept = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3')]
    const pushedOut = expect(ask('a', 'a4')).rejects.toThrow(Overloaded)
    const newcomer = ask('b', 'b1')
    await pushedOut
    await finishAll()
    await Promise.all([running, ...kept, newcomer])
    expect(begun).toEqual(['running', 'a1', 'b1', 'a2', 'a3'])
  })

  test('so many at once, and work that fails makes room too', async () => {
    const work = new FairWork({ concurrent: 2, waiting: 9, waitingEach: 9 })
    const failing = Array.from({ length: 3 }, () =>
      expect(work.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no'),
    )
    await Promise.all(failing)
    expect(await work.run('a', async () => 'yes')).toBe('yes')
  })
})
