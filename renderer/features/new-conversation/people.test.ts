import { expect, test } from 'vitest'
import {
  addPerson,
  fitting,
  meant,
  nameError,
  removePerson,
  splitNames,
  withAnswer,
  withCheck,
} from './people.ts'
import { decideEnter } from './use-found-people.ts'

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

const user = (username: string, displayName: string) => ({ id: username, username, displayName })
const laszlo = user('lk', 'László Kovács')
const judit = user('judit', 'Judit Kovács')
const bob = user('Bob', 'Bob H')
const bobby = user('bobby', 'B')

test('an answer tells about the very username first', () => {
  expect(meant('bob', [bob, bobby])).toBe(bob)
  expect(meant('bo', [bob, bobby])).toBe(null)
  const people = withCheck(addPerson([], 'zoe'), 'Zoe', { status: 'unknown' })
  expect(people[0]?.check.status).toBe('unknown')
})

test('[F24] who is named by words of the name is meant when nobody else is called so', () => {
  expect(meant('kovacs', [laszlo])).toBe(laszlo)
  expect(meant('kovacs laszlo', [laszlo])).toBe(laszlo)
  expect(meant('太郎', [user('yamada', '山田太郎')])).toMatchObject({ username: 'yamada' })
  expect(meant('kov', [laszlo])).toBe(null)
  expect(meant('kovacs', [laszlo, judit])).toBe('several')
})

test('[F24] a name that was typed becomes the person it means, once', () => {
  const asked = addPerson(addPerson([], 'laszlo'), 'kovacs')
  const one = withAnswer(withAnswer(asked, 'laszlo', [laszlo]), 'kovacs', [laszlo])
  expect(one).toEqual([
    { username: 'lk', check: { status: 'found', displayName: 'László Kovács' } },
  ])
  expect(withAnswer(asked, 'kovacs', [laszlo, judit])[1]?.check.status).toBe('several')
  expect(withAnswer(asked, 'kovacs', [])[1]?.check.status).toBe('unknown')
})

test('[F24] what is suggested fits all that is typed by now', () => {
  expect(fitting([laszlo, judit], 'kovacs ju')).toEqual([judit])
  expect(fitting([bob, laszlo], 'bo')).toEqual([bob])
})

test('[F24] Enter takes who is meant, and lets choose where only a choice can tell', () => {
  const answered = (users: readonly (typeof bob)[]) => ({ users, all: users, isAnswered: true })
  expect(decideEnter('bob', answered([bob, bobby]), -1)).toEqual({ take: bob, choose: false })
  expect(decideEnter('bob', answered([bob, bobby]), 1)).toEqual({ take: bobby, choose: false })
  expect(decideEnter('kovacs', answered([laszlo]), -1)).toEqual({ take: laszlo, choose: false })
  expect(decideEnter('kov', answered([laszlo]), -1)).toEqual({ take: null, choose: true })
  expect(decideEnter('kovacs', answered([laszlo, judit]), -1).choose).toBe(true)
  expect(decideEnter('nobody', answered([]), -1)).toEqual({ take: null, choose: false })
  // Who is there already is not mistaken for another one.
  const added = { users: [bobby], all: [bob, bobby], isAnswered: true }
  expect(decideEnter('bob', added, -1)).toEqual({ take: bob, choose: false })
  const early = { ...answered([laszlo]), isAnswered: false }
  expect(decideEnter('lk', early, -1)).toEqual({ take: null, choose: false })
})
