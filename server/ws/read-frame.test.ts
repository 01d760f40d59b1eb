import { describe, expect, test } from 'vitest'
import { readFrame } from './read-frame.ts'

describe('frames', () => {
  const read = (frame: unknown) => readFrame(Buffer.from(JSON.stringify(frame)), false)

  test('a request that fits, with fields of a newer client left out', () => {
    const frame = { id: 3, op: 'typing', conversation: 'c', mood: 'good' }
    expect(read(frame)).toEqual({
      kind: 'request',
      request: { id: 3, op: 'typing', conversation: 'c' },
    })
  })

  test('one that does not fit names its fields, and never what they held', () => {
    const found = read({ id: 3, op: 'send', key: 'my secret', conversation: 'c', body: 7 })
    expect(found).toMatchObject({
      kind: 'misfit',
      id: 3,
      error: { code: 'invalid', details: { fields: ['key', 'body'] } },
    })
    expect(JSON.stringify(found)).not.toContain('my secret')
  })

  test.each([
    ['text', Buffer.from('hello'), false],
    ['no id', Buffer.from('{"op":"send"}'), false],
    ['binary', Buffer.from('{"id":1,"op":"typing","conversation":"c"}'), true],
  ])('noise: %s', (_, data, isBinary) => {
    expect(readFrame(data, isBinary).kind).toBe('noise')
  })
})
