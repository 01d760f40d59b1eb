import { describe, expect, test } from 'vitest'
import { Doorstep, Strangers } from './doorstep.ts'
import {
  BYTES_BEFORE_HELLO,
  MAX_BYTES_BEFORE_HELLO,
  MAX_MISFITS_BEFORE_HELLO,
  SMALL_FRAME_BYTES,
} from './limits.ts'

const hello = (cursors: object, token = 'secret') =>
  Buffer.from(JSON.stringify({ id: 7, op: 'hello', token, device: 'd', cursors }))
const unused = () => {
  throw new Error('nobody asked for this')
}
const keeper = {
  ...{ isKnown: unused, read: unused, refuse: unused, fail: unused },
  ...{ pause: unused, resume: unused },
}
const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`stream-${i}`, i]))

describe('[V24] before hello', () => {
  test('what is small is read', () => {
    const step = new Doorstep(new Strangers(), '192.0.2.1', keeper)
    expect(step.look(hello({}), 0)).toEqual({ kind: 'read' })
    expect(step.look(Buffer.from('not even JSON'), 0)).toEqual({ kind: 'read' })
  })

  test('what is large is read only for a token that is somebody’s, wherever it stands', () => {
    const step = new Doorstep(new Strangers(), '192.0.2.1', keeper)
    expect(step.look(hello(many), 0)).toEqual({ kind: 'ask', token: 'secret', id: 7 })
    const last = { id: 8, op: 'hello', device: '"token":"no"', cursors: many, token: 'last' }
    expect(step.look(Buffer.from(JSON.stringify(last)), 0)).toEqual({
      ...{ kind: 'ask', token: 'last', id: 8 },
    })
    expect(step.look(Buffer.from('['.repeat(SMALL_FRAME_BYTES + 1)), 0)).toMatchObject({
      kind: 'refuse',
    })
    expect(step.look(Buffer.from('"token"'.repeat(100_000)), 0)).toMatchObject({ kind: 'refuse' })
  })

  test('a network that sent too much is read no more until time has passed; others are, and its users', () => {
    const strangers = new Strangers()
    const flood = new Doorstep(strangers, '192.0.2.1', keeper)
    flood.heard(BYTES_BEFORE_HELLO.burst, 0)
    const later = new Doorstep(strangers, '192.0.2.1', keeper)
    expect(later.look(Buffer.from('[]'), 0)).toMatchObject({ kind: 'refuse' })
    expect(later.look(hello({}), 0)).toEqual({ kind: 'ask', token: 'secret', id: 7 })
    expect(new Doorstep(strangers, '192.0.2.2', keeper).look(Buffer.from('[]'), 0)).toEqual({
      kind: 'read',
    })
    expect(later.look(Buffer.from('[]'), 1_000)).toEqual({ kind: 'read' })
  })

  test('what was sent by one who is let in counts for nobody', () => {
    const strangers = new Strangers()
    for (let i = 0; i < 100; i++) {
      const step = new Doorstep(strangers, '192.0.2.1', keeper)
      expect(step.heard(MAX_BYTES_BEFORE_HELLO, 0)).toBe(true)
      step.accepted(0)
    }
    expect(strangers.waitFor('192.0.2.1', 0)).toBe(0)
  })

  test('one connection has an end of bytes, and of frames that fit nothing', () => {
    const step = new Doorstep(new Strangers(), '192.0.2.1', keeper)
    expect(step.heard(MAX_BYTES_BEFORE_HELLO, 0)).toBe(true)
    expect(step.heard(1, 0)).toBe(false)
    for (let i = 0; i < MAX_MISFITS_BEFORE_HELLO; i++) expect(step.misfit()).toBe(true)
    expect(step.misfit()).toBe(false)
  })
})
