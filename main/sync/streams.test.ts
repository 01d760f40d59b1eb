import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wireError } from '../../protocol/wire/error.ts'
import { cursorsOf, isCaughtUp, nextStreamDeadline } from './stream-state.ts'
import { CATCH_UP_GRACE_MS, HEADS_GRACE_MS, MAX_AHEAD } from './streams.ts'
import { Driver, event, events } from './test-support/stream-walker.ts'

describe('live events', () => {
  test('[S1] what follows the cursor is handed over with the seq it begins after', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    expect(driver.step({ type: 'events', stream: 'c', events: events(5, 6) })).toEqual([
      { type: 'apply', stream: 'c', after: 4, events: events(5, 6), baseline: false },
    ])
    expect(cursorsOf(driver.state)).toEqual({ c: 6 })
  })

  test('[F9] nothing counts as all here before the first contact, nor while something is on its way', () => {
    const driver = new Driver()
    expect(isCaughtUp(driver.state, 'c')).toBe(false)
    driver.greeted({ c: 2 })
    expect(isCaughtUp(driver.state, 'c')).toBe(false)
    driver.step({ type: 'events', stream: 'c', events: events(1, 1) })
    expect(isCaughtUp(driver.state, 'c')).toBe(false)
    driver.step({ type: 'events', stream: 'c', events: events(2, 2) })
    expect(isCaughtUp(driver.state, 'c')).toBe(true)
    expect(isCaughtUp(driver.state, 'another')).toBe(false)
  })

  test('[S3] what is at or below the cursor is ignored', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    expect(driver.step({ type: 'events', stream: 'c', events: events(2, 4) })).toEqual([])
    driver.step({ type: 'events', stream: 'c', events: events(3, 6) })
    expect(driver.applied()).toEqual([5, 6])
  })

  test('[S2] beyond a gap nothing is applied until pages have filled it', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    expect(driver.step({ type: 'events', stream: 'c', events: [event(7)] })).toEqual([
      { type: 'request-events', stream: 'c', request: 1, after: 4, limit: 500 },
    ])
    driver.step({ type: 'events', stream: 'c', events: [event(8)] })
    expect(driver.applied()).toEqual([])
    driver.step({ type: 'page', stream: 'c', request: 1, events: events(5, 6), head: 8 })
    expect(driver.applied()).toEqual([5, 6, 7, 8])
    expect(nextStreamDeadline(driver.state)).toBeNull()
  })

  test('[S2] what waits beyond a gap is bounded, and comes again with the pages', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 0 })
    const last = MAX_AHEAD + 500
    for (let seq = 2; seq <= last; seq += 1) {
      driver.step({ type: 'events', stream: 'c', events: [event(seq)] })
    }
    expect(driver.state.streams.get('c')?.ahead).toHaveLength(MAX_AHEAD)
    driver.step({ type: 'page', stream: 'c', request: 1, events: [event(1)], head: last })
    driver.step({ type: 'page', stream: 'c', request: 2, events: events(1002, last), head: last })
    expect(driver.applied()).toEqual(events(1, last).map((e) => e.seq))
  })
})

describe('first contact', () => {
  test('[S1] a stream without a cursor begins where its first event is', () => {
    const driver = new Driver()
    driver.greeted({ c: 250 })
    expect(driver.step({ type: 'events', stream: 'c', events: events(151, 250) })).toEqual([
      { type: 'apply', stream: 'c', after: 150, events: events(151, 250), baseline: true },
    ])
  })

  test('[S1] an empty stream has a cursor at once', () => {
    const driver = new Driver()
    expect(driver.greeted({ c: 0 })).toContainEqual({ type: 'begin', stream: 'c' })
    expect(cursorsOf(driver.state)).toEqual({ c: 0 })
  })

  test('[S4] a conversation joined while connected is asked for when only its head shows up', () => {
    const driver = new Driver()
    driver.greeted({})
    driver.step({ type: 'heads', heads: { c: 120 } })
    driver.atMs = HEADS_GRACE_MS
    expect(driver.step({ type: 'tick' })).toEqual([
      { type: 'request-events', stream: 'c', request: 1, after: 20, limit: 500 },
    ])
    driver.step({ type: 'page', stream: 'c', request: 1, events: events(21, 120), head: 120 })
    expect(driver.effects.at(-1)).toMatchObject({ type: 'apply', after: 20, baseline: true })
  })
})

describe('a tail that does not come', () => {
  test('[S4] a head above the cursor is asked for after a grace', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    expect(driver.step({ type: 'heads', heads: { c: 6 } })).toEqual([])
    expect(nextStreamDeadline(driver.state)).toBe(HEADS_GRACE_MS)
    driver.atMs = HEADS_GRACE_MS
    expect(driver.step({ type: 'tick' })).toMatchObject([{ type: 'request-events', after: 4 }])
  })

  test('[S4] a tail that comes in time is not asked for', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    driver.step({ type: 'heads', heads: { c: 5 } })
    driver.step({ type: 'events', stream: 'c', events: [event(5)] })
    expect(nextStreamDeadline(driver.state)).toBeNull()
  })

  test('[S4] what hello promised is asked for when it stops coming, page by page to the head', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 1200 })
    driver.atMs = 3000
    driver.step({ type: 'events', stream: 'c', events: events(1, 100) })
    expect(nextStreamDeadline(driver.state)).toBe(3000 + CATCH_UP_GRACE_MS)
    driver.atMs = 3000 + CATCH_UP_GRACE_MS
    driver.step({ type: 'tick' })
    driver.step({ type: 'page', stream: 'c', request: 1, events: events(101, 600), head: 1200 })
    driver.step({ type: 'page', stream: 'c', request: 2, events: events(601, 1100), head: 1200 })
    driver.step({ type: 'page', stream: 'c', request: 3, events: events(1101, 1200), head: 1200 })
    expect(driver.applied()).toEqual(events(1, 1200).map((e) => e.seq))
    expect(nextStreamDeadline(driver.state)).toBeNull()
  })

  test('[S4] a head pushed while a page is on its way is not forgotten', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 0 })
    driver.step({ type: 'events', stream: 'c', events: [event(2)] })
    driver.step({ type: 'heads', heads: { c: 3 } })
    const effects = driver.step({
      type: 'page',
      stream: 'c',
      request: 1,
      events: events(1, 2),
      head: 2,
    })
    expect(effects.at(-1)).toMatchObject({ type: 'request-events', after: 2 })
  })

  test('[S4] a head that the server then denies is believed no longer', () => {
    const driver = new Driver().loaded(4)
    driver.greeted({ c: 4 })
    driver.step({ type: 'heads', heads: { c: 1e9 } })
    driver.atMs = HEADS_GRACE_MS
    driver.step({ type: 'tick' })
    driver.step({ type: 'page', stream: 'c', request: 1, events: [], head: 4 })
    expect(nextStreamDeadline(driver.state)).toBeNull()
  })

  test('[S4] a page that fails is asked for again, ever later, and never given up', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 0 })
    driver.step({ type: 'events', stream: 'c', events: [event(2)] })
    const waits: number[] = []
    for (let request = 1; request <= 8; request += 1) {
      const failure = { kind: 'answered', error: wireError('unavailable', '') } as const
      driver.step({ type: 'page-failed', stream: 'c', request, failure })
      const at = nextStreamDeadline(driver.state) ?? Number.NaN
      waits.push(at - driver.atMs)
      driver.atMs = at
      driver.step({ type: 'tick' })
    }
    expect(waits).toEqual([2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000])
  })

  test('[S4] a stream that is refused is left, until it moves again', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 0 })
    driver.step({ type: 'events', stream: 'c', events: [event(2)] })
    const failure = { kind: 'answered', error: wireError('forbidden', '') } as const
    expect(driver.step({ type: 'page-failed', stream: 'c', request: 1, failure })).toEqual([
      { type: 'refused', stream: 'c', failure },
    ])
    expect(nextStreamDeadline(driver.state)).toBeNull()
    driver.step({ type: 'events', stream: 'c', events: [event(1)] })
    expect(driver.applied()).toEqual([1])
  })

  test('[S4] an answer from before a reconnect changes nothing', () => {
    const driver = new Driver().loaded(0)
    driver.greeted({ c: 0 })
    driver.step({ type: 'events', stream: 'c', events: [event(2)] })
    driver.step({ type: 'offline' })
    driver.greeted({ c: 2 })
    driver.step({ type: 'page', stream: 'c', request: 1, events: events(1, 2), head: 2 })
    expect(driver.applied()).toEqual([])
    driver.step({ type: 'events', stream: 'c', events: events(1, 2) })
    expect(driver.applied()).toEqual([1, 2])
  })
})

describe('a server that was restored', () => {
  test('[S4] a head below the cursor begins the stream anew, from what the server has', () => {
    const driver = new Driver().loaded(300)
    expect(driver.greeted({ c: 250 })).toEqual([
      { type: 'restored', stream: 'c', head: 250, lostSinceMs: null, isShown: true },
      { type: 'request-events', stream: 'c', request: 1, after: 150, limit: 500 },
    ])
    driver.step({ type: 'events', stream: 'c', events: [event(251)] })
    expect(driver.applied()).toEqual([])
    driver.step({ type: 'page', stream: 'c', request: 1, events: events(151, 250), head: 250 })
    expect(driver.applied()).toEqual(events(151, 251).map((e) => e.seq))
    expect(cursorsOf(driver.state)).toEqual({ c: 251 })
  })

  test('[S4] one that lost everything begins at nothing', () => {
    const driver = new Driver().loaded(300)
    expect(driver.greeted({ c: 0 })).toEqual([
      { type: 'restored', stream: 'c', head: 0, lostSinceMs: null, isShown: true },
      { type: 'begin', stream: 'c' },
    ])
  })

  test('[S4] another database is told by its name, whatever its heads', () => {
    const driver = new Driver().loaded(300)
    // A minute earlier than it says: clocks differ.
    const effects = driver.greeted({ c: 900 }, 'two', 1_000_000)
    expect(effects).toContainEqual({ type: 'instance', instance: 'two' })
    expect(effects).toContainEqual({
      ...{ type: 'restored', stream: 'c', head: 900, lostSinceMs: 940_000, isShown: true },
    })
  })

  test('[S4] another database: streams that it does not show are cleared, and begin anew when it does', () => {
    const driver = new Driver().loaded(300)
    const effects = driver.greeted({}, 'two', 1_000_000)
    expect(effects).toContainEqual({
      ...{ type: 'restored', stream: 'c', head: 0, lostSinceMs: 940_000, isShown: false },
    })
    expect(driver.step({ type: 'events', stream: 'c', events: events(1, 3) })).toMatchObject([
      { type: 'apply', stream: 'c', after: 0, baseline: true },
    ])
  })

  test('[S4] a heads push below the cursor is no restore: it may be older than the events', () => {
    const driver = new Driver().loaded(300)
    driver.greeted({ c: 300 })
    expect(driver.step({ type: 'heads', heads: { c: 299 } })).toEqual([])
  })
})

test('[S2] [S3] any delivery, repeated, reordered, lost and cut, ends with each event once, in order', () => {
  const delivery = fc.record({
    first: fc.integer({ min: 1, max: 60 }),
    length: fc.integer({ min: 1, max: 12 }),
    next: fc.constantFrom('nothing', 'nothing', 'page', 'page-failed', 'cut', 'tick', 'heads'),
  })
  const HEAD = 60
  fc.assert(
    fc.property(fc.array(delivery, { maxLength: 60 }), fc.nat({ max: 20 }), (steps, cursor) => {
      const driver = new Driver().loaded(cursor)
      driver.greeted({ c: HEAD })
      const answerPage = () => {
        const asked = driver.effects.findLast((e) => e.type === 'request-events')
        if (asked?.type !== 'request-events') return
        const page = events(asked.after + 1, Math.min(asked.after + 7, HEAD))
        const { request } = asked
        driver.step({ type: 'page', stream: 'c', request, events: page, head: HEAD })
      }
      for (const { first, length, next } of steps) {
        const last = Math.min(first + length - 1, HEAD)
        driver.step({ type: 'events', stream: 'c', events: events(first, last) })
        if (next === 'page') answerPage()
        if (next === 'heads') driver.step({ type: 'heads', heads: { c: HEAD } })
        if (next === 'tick') {
          driver.atMs = nextStreamDeadline(driver.state) ?? driver.atMs
          driver.step({ type: 'tick' })
        }
        if (next === 'cut') {
          driver.step({ type: 'offline' })
          driver.greeted({ c: HEAD })
        }
      }
      for (let turn = 0; turn < 40; turn += 1) {
        driver.atMs = nextStreamDeadline(driver.state) ?? driver.atMs
        driver.step({ type: 'tick' })
        answerPage()
      }
      expect(driver.applied()).toEqual(events(cursor + 1, HEAD).map((e) => e.seq))
    }),
    { seed: 20, numRuns: 500 },
  )
})
