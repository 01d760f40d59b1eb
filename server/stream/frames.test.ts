import { expect, test } from 'vitest'
import { eventsFrames, textFrame } from './frames.ts'

/** Reads a frame as RFC 6455 says, section 5.2; every length form, no mask. */
function decode(frame: Buffer): string {
  expect(frame[0]).toBe(0b1000_0001)
  const short = frame[1] ?? 0
  const [length, at] =
    short < 126
      ? [short, 2]
      : short === 126
        ? [frame.readUInt16BE(2), 4]
        : [Number(frame.readBigUInt64BE(2)), 10]
  expect(frame.length).toBe(at + length)
  // The shortest form has to be used.
  if (at === 4) expect(length).toBeGreaterThan(125)
  if (at === 10) expect(length).toBeGreaterThan(65_535)
  return frame.toString('utf8', at)
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
  'a frame of %i bytes is read as it was written',
  (length) => {
    const text = 'x'.repeat(length)
    expect(decode(textFrame(text))).toBe(text)
  },
)

test('bytes are counted, not characters', () => {
  const text = `${'界'.repeat(42)}\u{1f600}`
  expect(decode(textFrame(text))).toBe(text)
})

test('events are joined from their JSON as it is', () => {
  const entries = [1, 2, 3].map((seq) => ({ seq, json: JSON.stringify({ seq, type: 'x' }) }))
  expect(eventsFrames('c', entries).map((frame) => JSON.parse(decode(frame)))).toEqual([
    { push: 'events', stream: 'c', events: entries.map(({ json }) => JSON.parse(json)) },
  ])
  expect(eventsFrames('c', [])).toEqual([])
})
