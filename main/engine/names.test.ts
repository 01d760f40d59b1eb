import { describe, expect, test } from 'vitest'
import { Names } from './names.ts'

const user = (id: string, displayName: string, username = id) => ({ id, username, displayName })

describe('names on screen', () => {
  test('one name, one person: no username', () => {
    const names = new Names()
    names.put(user('a', 'Alice'))
    names.put(user('b', 'Bob'))
    expect(names.of('a')).toEqual({ name: 'Alice' })
    expect(names.line('nobody')).toBe('Unknown')
  })

  test('namesakes have their usernames beside it, and ranks that differ; the others are told of it', () => {
    const names = new Names()
    names.put(user('2', 'Alice', 'alice2'))
    expect(names.put(user('3', 'Аlice', 'alice3'))).toEqual(['3', '2'])
    expect(names.put(user('1', 'ALICE', 'alicereal'))).toEqual(['1'])
    expect(names.of('2')).toEqual({ name: 'Alice', handle: 'alice2', rank: 1 })
    expect(names.of('3')).toEqual({ name: 'Аlice', handle: 'alice3', rank: 2 })
    expect(names.line('1')).toBe('ALICE @alicereal')
  })

  test('whoever is left alone with a name is that person again', () => {
    const names = new Names()
    names.put(user('2', 'Alice'))
    names.put(user('3', 'Alice'))
    expect(names.put(user('3', 'Carol'))).toEqual(['3', '2'])
    expect(names.of('2')).toEqual({ name: 'Alice' })
  })

  test('a name that cannot be seen is the username', () => {
    const names = new Names()
    names.put(user('a', '\u2800\u200b', 'ghost'))
    names.put(user('b', '🎉', 'party'))
    expect(names.of('a').name).toBe('ghost')
    expect(names.of('b').name).toBe('🎉')
  })

  test('for short, the first name, but where two would be one', () => {
    const names = new Names()
    names.put(user('b', 'Bob Hartley'))
    names.put(user('c', 'Bob Smith'))
    names.put(user('d', 'Eve Adams'))
    expect(names.short('b', ['b', 'd'])).toBe('Bob')
    expect(names.short('b', ['b', 'c', 'd'])).toBe('Bob Hartley')
  })

  test('nothing of a name reaches into the text around it', () => {
    const names = new Names()
    names.put(user('e', 'Evil\u202e'))
    names.put(user('r', 'أحمد'))
    expect(names.line('e')).toBe('Evil')
    expect(names.line('r')).toBe('\u2068أحمد\u2069')
  })
})
