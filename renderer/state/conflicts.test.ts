import { expect, test } from 'vitest'
import type { OperationStatus } from '../../protocol/ipc/views.ts'
import { messageView } from '../testing/views.ts'
import { type Conflicts, conflictsFromMessages, withoutConflict } from './conflicts.ts'

const NONE: Conflicts = new Map()

const edited = (key: string, status: OperationStatus) =>
  messageView(1, { pending: { key, kind: 'edit', status } })
const inConflict = (key: string, theirs = 'theirs') =>
  edited(key, { state: 'conflict', mine: 'mine', theirs })

test('an edit that met another one is known, with both texts', () => {
  const conflicts = conflictsFromMessages(NONE, [inConflict('op')])
  expect(conflicts.get('op')).toEqual({
    key: 'op',
    conversation: 'c',
    message: 'k1',
    mine: 'mine',
    theirs: 'theirs',
  })
  expect(conflictsFromMessages(conflicts, [inConflict('op')])).toBe(conflicts)
})

test('their text may change while the question stands', () => {
  const first = conflictsFromMessages(NONE, [inConflict('op')])
  const second = conflictsFromMessages(first, [inConflict('op', 'theirs, again')])
  expect(second.get('op')?.theirs).toBe('theirs, again')
})

test('one that is settled is forgotten, whoever settled it', () => {
  const conflicts = conflictsFromMessages(NONE, [inConflict('op')])
  expect(conflictsFromMessages(conflicts, [messageView(1)]).size).toBe(0)
  expect(conflictsFromMessages(conflicts, [edited('op', { state: 'queued' })]).size).toBe(0)
  expect([...conflictsFromMessages(conflicts, [inConflict('op2')]).keys()]).toEqual(['op2'])
  expect(withoutConflict(conflicts, 'op').size).toBe(0)
})

test('other messages change nothing', () => {
  const conflicts = conflictsFromMessages(NONE, [inConflict('op')])
  expect(conflictsFromMessages(conflicts, [messageView(2)])).toBe(conflicts)
})
