import { describe, expect, test } from 'vitest'
import { StreamBook } from './stream-book.ts'
import {
  cursorsOf,
  MAX_CURSORS_BYTES,
  nextStreamDeadline,
  type StreamState,
} from './stream-state.ts'
import { CATCH_UP_GRACE_MS, MAX_ASKING } from './streams.ts'
import { uuid } from './test-support/outbox-driver.ts'
import { Driver, event, events } from './test-support/stream-walker.ts'

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

  test('[S4] of more cursors than a frame holds hello leaves out those of the shortest streams', () => {
    const driver = new Driver()
    const applied = (index: number) => (index * 7_919) % 30_000
    const cursors = new Map(
      Array.from({ length: 30_000 }, (_, index) => [
        `${uuid(index)}`,
        { applied: applied(index), floor: 0 },
      ]),
    )
    cursors.set('user:me', { applied: 3, floor: 0 })
    driver.step({ type: 'load', cursors, instance: 'one' })
    const said = cursorsOf(driver.state)
    expect(JSON.stringify(said).length).toBeLessThanOrEqual(MAX_CURSORS_BYTES + 2)
    expect(said).toHaveProperty('user:me', 3)
    const { length } = Object.keys(said)
    expect(length).toBeGreaterThan(20_000)
    const least = Math.min(...Object.values(said).filter((cursor) => cursor !== 3))
    expect(least).toBeGreaterThanOrEqual(30_000 - length)
  })

  test.each([50, 400])(
    '[S2] [S3] a stream that was left out, %i events behind, is caught up with once each',
    (behind) => {
      const driver = new Driver().loaded(500)
      const head = 500 + behind
      driver.greeted({ c: head })
      driver.step({ type: 'events', stream: 'c', events: events(head - 99, head) })
      if (behind > 100) {
        const page = { type: 'page', stream: 'c', request: 1, head } as const
        driver.step({ ...page, events: events(501, head) })
      }
      expect(driver.applied()).toEqual(Array.from({ length: behind }, (_, n) => 501 + n))
      expect(nextStreamDeadline(driver.state)).toBeNull()
    },
  )

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
