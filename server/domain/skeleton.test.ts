import { describe, expect, test } from 'vitest'
import { isSpoof } from './names.ts'
import { skeleton, usernameLooks } from './skeleton.ts'

describe('[V19] what a username looks like', () => {
  test.each([
    ['alice', 'аlice'],
    ['alice', 'αlice'],
    ['alice', 'ALICE'],
    ['alice', 'AIice'],
    ['alice', 'a1ice'],
    ['google', 'g00gle'],
    ['modern', 'modem'],
    ['paypal', 'раураl'],
    ['scope', 'ѕсоре'],
    ['ann', 'Ａｎｎ'],
    ['zoë', 'zoe\u0308'],
    ['MARK', 'rnark'],
    ['ANNA', 'АNNА'],
    ['alice', 'ali\u0307ce'],
    ['alice', 'alı\u0307ce'],
    ['jo', 'j\u0307o'],
    ['ị', 'i\u0323\u0307'],
    ['渡邉', '渡邉\u{e0100}'],
  ])('%s looks like %s', (a, b) => {
    expect(usernameLooks(a).some((look) => usernameLooks(b).includes(look))).toBe(true)
  })

  test.each([
    ['alice', 'alicia'],
    ['ann', 'anna'],
    ['zoe', 'zoë'],
    ['user-1', 'user-2'],
    ['user-10', 'user-01'],
    ['анна', 'иван'],
    ['李雷', '李雪'],
  ])('%s does not look like %s', (a, b) => {
    expect(usernameLooks(a).some((look) => usernameLooks(b).includes(look))).toBe(false)
  })

  test('a skeleton is its own', () => {
    for (const text of ['paypal', 'раураl', 'İstanbul', 'modem', '१२३']) {
      expect(skeleton(skeleton(text))).toBe(skeleton(text))
    }
  })
})

test('[V14] a word that passes for one in another script is a spoof; words in two scripts are not', () => {
  for (const name of ['Сhris', 'Jоhn Smith', 'Мagda', 'Ann Αndersson']) {
    expect(isSpoof(name)).toBe(true)
  }
  for (const name of [
    'Chris',
    'Владимир (Vlad)',
    'πthon',
    'µTorrent',
    '李雷 Li',
    'Ωmega 3',
    'Анна',
  ]) {
    expect(isSpoof(name)).toBe(false)
  }
})
