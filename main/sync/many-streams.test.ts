import { describe, expect, test } from 'vitest'
import { StreamBook } from './stream-book.ts'
import { nextStreamDeadline, type StreamState } from './stream-state.ts'
import { CATCH_UP_GRACE_MS, MAX_ASKING } from './streams.ts'
import { Driver, event } from './test-support/stream-walker.ts'

describe('very many streams', () => {
  /** A map that counts what is done with it: an entry looked at, set or walked over. */
  class CountedMap<K, V> extends Map<K, V> {
    work = 0
    override get(key: K): V | undefined {
      this.work += 1
      return super.get(key)
    }
    override set(key: K, value: V): this {
      this.work += 1
      return super.set(key, value)
    }
    override *entries(): MapIterator<[K, V]> {
      for (const entry of super.entries()) {
        this.work += 1
        yield entry
      }
      return undefined
    }
    override [Symbol.iterator](): MapIterator<[K, V]> {
      return this.entries()
    }
  }

  /** What one push, and then a push in each stream, cost with so many streams. */
  function workFor(count: number): { one: number; all: number } {
    const streams = new CountedMap<string, StreamState>()
    const driver = new Driver()
    driver.state = { ...driver.state, streams: new StreamBook(streams) }
    const names = Array.from({ length: count }, (_, index) => `c${index}`)
    const cursors = new Map(names.map((name) => [name, { applied: 4, floor: 0 }]))
    driver.step({ type: 'load', cursors, instance: 'one' })
    driver.greeted(Object.fromEntries(names.map((name) => [name, 5])))
    const before = streams.work
    driver.step({ type: 'events', stream: 'c0', events: [event(5)] })
    nextStreamDeadline(driver.state)
    const one = streams.work - before
    for (const stream of names.slice(1)) {
      driver.step({ type: 'events', stream, events: [event(5)] })
      nextStreamDeadline(driver.state)
    }
    expect(driver.applied()).toHaveLength(count)
    expect(nextStreamDeadline(driver.state)).toBeNull()
    return { one, all: streams.work - before }
  }

  test('[S6] a push costs the same with ten streams and with ten thousand', () => {
    const few = workFor(10)
    const many = workFor(10_000)
    expect(many.one).toBe(few.one)
    expect(many.all).toBe(few.one * 10_000)
  })

  test('[S6] what did not come is asked for a few at a time, each once', () => {
    const driver = new Driver()
    const names = Array.from({ length: 100 }, (_, index) => `c${index}`)
    const cursors = new Map(names.map((name) => [name, { applied: 4, floor: 0 }]))
    driver.step({ type: 'load', cursors, instance: 'one' })
    driver.greeted(Object.fromEntries(names.map((name) => [name, 5])))
    driver.atMs = CATCH_UP_GRACE_MS
    let asked = driver.step({ type: 'tick' }).filter(({ type }) => type === 'request-events')
    expect(asked).toHaveLength(MAX_ASKING)
    driver.step({ type: 'events', stream: 'c99', events: [event(5)] })
    const seen = new Set<string>()
    while (asked.length > 0) {
      asked = asked.flatMap((effect) => {
        if (effect.type !== 'request-events') return []
        const { stream, request } = effect
        expect(seen.has(stream)).toBe(false)
        seen.add(stream)
        return driver.step({ type: 'page', stream, request, events: [event(5)], head: 5 })
      })
      asked = asked.filter(({ type }) => type === 'request-events')
    }
    expect(seen.size).toBe(99)
    expect(driver.applied()).toHaveLength(100)
  })
})
