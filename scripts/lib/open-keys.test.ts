import { expect, test } from 'vitest'
import { openKeys } from './open-keys.mjs'

const at = (text: string, file = 'main/sync/a.ts') => openKeys(file, text)

test('[O9] no object is indexed by text that came from outside', () => {
  expect(at('const users = reactions[emoji] ?? []')).toHaveLength(1)
  expect(at('heads[stream] = known')).toHaveLength(1)
  expect(at('const x = a.b[event.emoji]')).toHaveLength(1)
  expect(at('const x = emoji in reactions')).toHaveLength(1)
  expect(at(`const x = lists[\`a${'$'}{b}\`]`)).toHaveLength(1)
  expect(at('const x = sums[a + b]')).toHaveLength(1)
})

test('[O9] no type has open keys, so that the compiler refuses open text as an index', () => {
  expect(at('let a: Record<string, number>')).toHaveLength(1)
  expect(at('let a: Record<Id, number>')).toHaveLength(1)
  expect(at('let a: { [emoji: string]: string[] }')).toHaveLength(1)
  expect(at('const a: Map<Id, number> = new Map()')).toEqual([])
})

test('places in lists, tables with known keys, and what is no source of ours may be indexed', () => {
  expect(at('const x = [events[next], events[next - 1], from[n % from.length]]')).toEqual([])
  expect(at('const x = [KIND_WORDS[kind], TRANSITIONS[status.state][input.type]]')).toEqual([])
  expect(at('const WORDS: Record<MessageState, string> = words')).toEqual([])
  expect(at("const has = 'push' in value && #a in value")).toEqual([])
  expect(at('const x = a[b]', 'bench/a.ts')).toEqual([])
  expect(at('const x = a[b]', 'main/a.test.ts')).toEqual([])
})
