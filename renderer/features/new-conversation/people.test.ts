import { expect, test } from 'vitest'
import { addPerson, checkFrom, nameError, removePerson, splitNames, withCheck } from './people.ts'

test('names may be typed or pasted with anything between them', () => {
  expect(splitNames(' @bob, eve;lin  ')).toEqual(['bob', 'eve', 'lin'])
  expect(splitNames(' , ')).toEqual([])
})

test('what cannot be a username is said before anyone is asked', () => {
  expect(nameError('ada.l_1-x')).toBeNull()
  expect(nameError('änne')).toBeNull()
  expect(nameError('a/b')).toContain('a/b')
})

test('nobody is added twice, in whatever case', () => {
  const people = addPerson(addPerson([], 'Bob'), 'bob')
  expect(people).toHaveLength(1)
  expect(removePerson(people, 'BOB')).toEqual([])
})

test('a search tells about the very name only', () => {
  const found = [
    { username: 'Bob', displayName: 'Bob H' },
    { username: 'bobby', displayName: 'B' },
  ]
  expect(checkFrom('bob', found)).toEqual({ status: 'found', displayName: 'Bob H' })
  expect(checkFrom('bo', found)).toEqual({ status: 'unknown' })
  const people = withCheck(addPerson([], 'zoe'), 'Zoe', { status: 'unknown' })
  expect(people[0]?.check.status).toBe('unknown')
})
