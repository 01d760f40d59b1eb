import { beforeEach, expect, test } from 'vitest'
import { LogOutput } from './log-output.ts'

const MAX = 256 * 1024
const LINE = `${'x'.repeat(999)}\n`

let room: number
let isGone: boolean
let written: string
let told: number[]
let timers: (() => void)[]
let output: LogOutput
beforeEach(() => {
  room = Number.POSITIVE_INFINITY
  isGone = false
  written = ''
  told = []
  timers = []
  output = new LogOutput({
    sink: (bytes) => {
      if (isGone) throw new Error('EPIPE')
      const taken = Math.min(room, bytes.length)
      room -= taken
      written += Buffer.from(bytes.subarray(0, taken)).toString()
      return taken
    },
    later: (callback) => timers.push(callback),
    onRoom: (dropped) => {
      told.push(dropped)
      output.write(`dropped ${dropped}\n`)
    },
  })
})
const passTime = () => {
  for (const timer of timers.splice(0)) timer()
}

test('[V11] what is read is written at once, and nothing waits', () => {
  for (const line of ['a\n', 'b\n']) output.write(line)
  expect(written).toBe('a\nb\n')
  expect(timers).toEqual([])
})

test('[V11] nobody reads: what waits is bounded, the rest is dropped, counted, and told when there is room', () => {
  room = 1_500
  for (let i = 0; i < 10_000; i++) output.write(LINE)
  expect(written).toHaveLength(1_500)
  const kept = Math.floor((MAX + 500) / 1_000) + 1
  expect(output.dropped).toBeGreaterThan(10_000 - kept - 2)
  const { dropped } = output
  // One timer, however many lines.
  expect(timers).toHaveLength(1)
  passTime()
  expect([told, timers.length]).toEqual([[], 1])
  room = Number.POSITIVE_INFINITY
  passTime()
  expect(told).toEqual([dropped])
  // No line is cut, and those that were kept are in order.
  expect(written).toBe(`${LINE.repeat(10_000 - dropped)}dropped ${dropped}\n`)
  output.write('next\n')
  expect(written.endsWith('next\n')).toBe(true)
  expect([told, timers]).toEqual([[dropped], []])
})

test('[V11] the reader is gone: nothing is kept for it, and all is counted', () => {
  isGone = true
  for (let i = 0; i < 100; i++) output.write(LINE)
  expect([output.dropped, told, timers]).toEqual([100, [], []])
  isGone = false
  output.write('next\n')
  expect(written).toBe('next\ndropped 100\n')
})
