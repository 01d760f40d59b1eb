import { expect, test } from 'vitest'
import type { ChangeOp, Wish } from './command.ts'
import { canonicalContent } from './content.ts'

const extra = { id: 9, key: 'a key', after: 'another key' }

/** Hashes of these are in databases for ever: what stands here must never change, only be added to [V4]. */
const EXPECTED: { readonly [O in ChangeOp]: readonly [Omit<Wish<O>, 'op'>, string] } = {
  send: [{ ...extra, conversation: 'c', body: 'hi' }, '["send","c","hi",null]'],
  edit: [{ ...extra, message: 'm', body: 'hi', baseVersion: 2 }, '["edit","m","hi",2]'],
  delete: [{ ...extra, message: 'm' }, '["delete","m"]'],
  react: [{ ...extra, message: 'm', emoji: '👍', on: true }, '["react","m","👍",true]'],
  read: [{ ...extra, conversation: 'c', seq: 4 }, '["read","c",4]'],
  delivered: [{ conversation: 'c', seq: 4 }, '["delivered","c",4]'],
  'conversation.create': [
    { ...extra, kind: 'group', members: ['b', 'a'] },
    '["conversation.create","group",null,["b","a"]]',
  ],
  'conversation.update': [
    { ...extra, conversation: 'c', title: 't' },
    '["conversation.update","c","t"]',
  ],
  'member.add': [{ ...extra, conversation: 'c', user: 'u' }, '["member.add","c","u"]'],
  'member.remove': [{ ...extra, conversation: 'c', user: 'u' }, '["member.remove","c","u"]'],
  'member.role': [
    { ...extra, conversation: 'c', user: 'u', role: 'admin' },
    '["member.role","c","u","admin"]',
  ],
}

test.each(Object.entries(EXPECTED))('[V4] the content of %s', (op, [request, expected]) => {
  const content = canonicalContent(op as ChangeOp, { ...request, op } as Wish)
  expect(content).toBe(expected)
})

test('[V4] what is optional counts when it is set', () => {
  const send = { ...extra, op: 'send', conversation: 'c', body: 'hi', replyTo: 'm' } as const
  expect(canonicalContent('send', send)).toBe('["send","c","hi","m"]')
})
