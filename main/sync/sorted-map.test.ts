import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SortedMap } from './sorted-map.ts'

const numbers = () => SortedMap.empty<number, string>((a, b) => a - b)

describe('an immutable map in order', () => {
  test('any history of changes ends as that of a plain map, at every step, and leaves the one before as it was', () => {
    const change = fc.record({ key: fc.integer({ min: 0, max: 60 }), isGone: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
        let map = numbers()
        const plain = new Map<number, string>()
        changes.forEach(({ key, isGone }, at) => {
          const before = map
          const keysBefore = [...before.keys()]
          if (isGone) {
            map = map.delete(key)
            plain.delete(key)
          } else {
            map = map.set(key, `${at}`)
            plain.set(key, `${at}`)
          }
          const keys = [...plain.keys()].sort((a, b) => a - b)
          expect([...before.keys()]).toEqual(keysBefore)
          expect([...map.keys()]).toEqual(keys)
          expect([...map.keysDown()]).toEqual(keys.toReversed())
          expect([...map.values()]).toEqual(keys.map((k) => plain.get(k)))
          expect([map.size, map.firstKey(), map.lastKey()]).toEqual([
            keys.length,
            keys[0],
            keys.at(-1),
          ])
          expect(map.get(key)).toBe(plain.get(key))
        })
      }),
      { seed: 7, numRuns: 60 },
    )
  })

  test('what is not there to be deleted changes nothing', () => {
    const map = numbers().set(1, 'one')
    expect(map.delete(2)).toBe(map)
  })

  test('ten thousand in order, in reverse and taken from the front make few comparisons each', () => {
    let comparisons = 0
    const counted = SortedMap.empty<number, true>((a, b) => {
      comparisons += 1
      return a - b
    })
    const count = 10_000
    let up = counted
    for (let n = 0; n < count; n += 1) up = up.set(n, true)
    let down = counted
    for (let n = count; n > 0; n -= 1) down = down.set(n, true)
    for (let first = up.firstKey(); first !== undefined; first = up.firstKey())
      up = up.delete(first)
    expect([up.size, down.size]).toEqual([0, count])
    expect(comparisons / (3 * count)).toBeLessThan(16)
  })
})
