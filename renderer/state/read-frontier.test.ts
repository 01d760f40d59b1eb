import { describe, expect, test } from 'vitest'
import { frontierAt, jumped, seen, skipped } from './read-frontier.ts'

describe('[R5] what counts as read', () => {
  const opened = frontierAt(20)

  test('is what was on the screen from the first unread message on', () => {
    expect(seen(opened, { first: 15, last: 30, next: 21 }).upTo).toBe(30)
    expect(seen(opened, { first: 21, last: 35, next: 21 }).upTo).toBe(35)
  })

  test('is nothing at a place behind what was not seen', () => {
    expect(seen(opened, { first: 280, last: 300, next: 21 })).toEqual(opened)
    expect(seen(opened, { first: 201, last: 220, next: null })).toEqual(opened)
  })

  test('goes on with the scrolling of the user, however fast', () => {
    const reading = seen(opened, { first: 15, last: 30, next: 21 })
    expect(seen(reading, { first: 280, last: 300, next: 31 }).upTo).toBe(300)
  })

  test('ends with a jump, and goes on from where it had come to', () => {
    const reading = jumped(seen(opened, { first: 15, last: 30, next: 21 }))
    const away = seen(reading, { first: 280, last: 300, next: 31 })
    expect(away.upTo).toBe(30)
    expect(seen(away, { first: 25, last: 40, next: 31 }).upTo).toBe(40)
  })

  test('is all when the user asks for the end', () => {
    expect(seen(skipped(opened), { first: 280, last: 300, next: null }).upTo).toBe(300)
  })

  test('never shrinks', () => {
    expect(seen(frontierAt(300), { first: 10, last: 30, next: null }).upTo).toBe(300)
  })
})
