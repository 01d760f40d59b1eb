import { describe, expect, test } from 'vitest'
import { BoundedWork, Overloaded } from './bounded-work.ts'

describe('[V7] bounded work', () => {
  test('so many at once, the rest in order, and then no more', async () => {
    const work = new BoundedWork(2, 1)
    const log: string[] = []
    const doors: (() => void)[] = []
    const job = (name: string) =>
      work.run(async () => {
        log.push(name)
        await new Promise<void>((resolve) => doors.push(resolve))
        return name
      })
    const [a, b, c] = [job('a'), job('b'), job('c')]
    await expect(job('d')).rejects.toThrow(Overloaded)
    expect(log).toEqual(['a', 'b'])
    doors[0]?.()
    expect(await a).toBe('a')
    await expect.poll(() => log).toEqual(['a', 'b', 'c'])
    for (const open of doors) open()
    expect(await Promise.all([b, c])).toEqual(['b', 'c'])
  })

  test('work that fails makes room too', async () => {
    const work = new BoundedWork(1, 1)
    await expect(work.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await work.run(async () => 'yes')).toBe('yes')
  })
})
