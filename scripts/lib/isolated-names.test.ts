import { expect, test } from 'vitest'
import { bareNames } from './isolated-names.mjs'

const at = (text: string, file = 'renderer/features/a.tsx') => bareNames(file, text)
const template = (expression: string) => `const a = \`Members of ${'$'}{${expression}}\``

test('a name in a sentence is isolated', () => {
  expect(at(template('view.name'))).toHaveLength(1)
  expect(at(template('user.displayName ?? "x"'))).toHaveLength(1)
  expect(at("const a = 'Hello ' + authorName")).toHaveLength(1)
  expect(at(template('isolate(view.name)'))).toEqual([])
  expect(at(template('nameLine(person)'))).toEqual([])
})

test('nor is it let in by a list, a choice, or cut short', () => {
  expect(at("const a = people.map((person) => person.name).join(', ')")).toHaveLength(1)
  expect(at("const a = people.map((person) => nameLine(person)).join(', ')")).toEqual([])
  expect(at(template('isOwn ? "You" : person.name'))).toHaveLength(1)
  expect(at(template('title ?? view.name'))).toHaveLength(1)
  expect(at(template('user.displayName.slice(0, 8)'))).toHaveLength(1)
  expect(at('const a = <p>{isOwn ? "You" : user.name.trim()}</p>')).toHaveLength(1)
})

test('a name in markup is an element that has its own direction', () => {
  expect(at('const a = <p>{user.name}</p>')).toHaveLength(1)
  expect(at('const a = <p>Hello <bdi>{user.name}</bdi></p>')).toEqual([])
  expect(at('const a = <Avatar name={user.name} />')).toEqual([])
})

test('only in what is drawn', () => {
  expect(at(template('name'), 'main/a.ts')).toEqual([])
  expect(at(template('name'), 'main/engine/views/a.ts')).toHaveLength(1)
  expect(at(template('name'), 'renderer/a.test.ts')).toEqual([])
  expect(at(template('name'), 'renderer/dev/a.ts')).toEqual([])
})
