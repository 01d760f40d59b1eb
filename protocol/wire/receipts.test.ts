import { expect, test } from 'vitest'
import { MAX_DELIVERED_MARKS, MAX_RECEIPTS_ASKED } from '../limits.ts'
import { Push } from './push.ts'
import { Request } from './request.ts'
import { ReceiptsReply } from './requests/receipts.ts'

const receipt = { user: 'ann', joined: 1, delivered: 3, read: 2 }

function fits(request: object): boolean {
  return Request.safeParse({ id: 1, ...request }).success
}

test('[R3] a delivery names conversations, at least one, and not without a bound', () => {
  const upTo = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, i) => [`c${i}`, i]))
  expect(fits({ op: 'delivered', upTo: { c: 0, d: 12 } })).toBe(true)
  expect(fits({ op: 'delivered', upTo: upTo(MAX_DELIVERED_MARKS) })).toBe(true)
  expect(fits({ op: 'delivered', upTo: upTo(MAX_DELIVERED_MARKS + 1) })).toBe(false)
  for (const bad of [{}, null, [], [1], 'c', { c: -1 }, { c: 1.5 }, { c: '1' }, { 'no id!': 1 }]) {
    expect(fits({ op: 'delivered', upTo: bad }), JSON.stringify(bad)).toBe(false)
  }
})

test('[R4] receipts are asked for by conversation, and not without a bound', () => {
  const conversations = (length: number) => Array.from({ length }, (_, i) => `c${i}`)
  expect(fits({ op: 'receipts', conversations: [] })).toBe(true)
  expect(fits({ op: 'receipts', conversations: conversations(MAX_RECEIPTS_ASKED) })).toBe(true)
  expect(fits({ op: 'receipts', conversations: conversations(MAX_RECEIPTS_ASKED + 1) })).toBe(false)
  expect(fits({ op: 'receipts', conversations: ['user:ann'] })).toBe(false)
})

test('[R1] receipts are read as they were told', () => {
  const reply = { re: 1, ok: true, conversations: [{ conversation: 'c', receipts: [receipt] }] }
  expect(ReceiptsReply.parse(reply)).toEqual(reply)
  const push = { push: 'receipts', conversation: 'c', receipts: [receipt] }
  expect(Push.parse(push)).toEqual(push)
  for (const mark of ['joined', 'delivered', 'read']) {
    const bad = { ...push, receipts: [{ ...receipt, [mark]: -1 }] }
    expect(Push.safeParse(bad).success, mark).toBe(false)
  }
})
