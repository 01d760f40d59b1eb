import { expect, test } from 'vitest'
import { findsName, nameKeys, nameWords } from './names.ts'

const finds = (typed: string, ...names: string[]): boolean =>
  findsName(nameWords(typed), names.flatMap(nameKeys))

test.each([
  ['kovacs', 'László Kovács'],
  ['Kovács', 'László Kovács'],
  ['las kov', 'László Kovács'],
  ['müller', 'Anna Müller'],
  ['jorg', 'Jörg'],
  ['jorgen', 'Jørgen'],
  ['zoe', 'Zoë'],
  ['太郎', '山田太郎'],
  ['山田 太郎', '山田太郎'],
  ['郎', '山田太郎'],
  ['たろ', 'やまだたろう'],
  ['ﾀﾛｳ', 'ヤマダタロウ'],
  ['철수', '김철수'],
  ['철수'.normalize('NFD'), '김철수'],
  ['ชาย', 'สมชาย'],
  ['taro', '山田Taro'],
  ['smith', 'bob.smith'],
  ['smith', 'bob_smith'],
  ['o’neil', "Shaun O'Neil"],
  ['@bob', 'bob'],
  ['ИВАН', 'Пётр Иванов'],
  ['петр', 'Пётр Иванов'],
  ['αλεξ', 'Αλέξης'],
  ['obrien', "Pat O'Brien"],
  ['jeanluc', 'Jean-Luc Picard'],
  ['luc', 'Jean-Luc Picard'],
  ['mueller', 'Anna Müller'],
  ['muller', 'Anna Mu\u0308ller'],
  ['joergensen', 'Ib Jørgensen'],
  ['strauss', 'Ida Strauß'],
  ['STRAUẞ', 'Ida Strauss'],
  ['isik', 'Işıl Işık'],
  ['IŞIK', 'ışık'],
  ['istanbul', 'İstanbul'],
  ['lukasz', 'Łukasz'],
  ['dorde', 'Đorđe'],
  ['angstrom', 'Ångström'],
  ['thor', 'Þór'],
  ['🎉', 'Party 🎉'],
  ['c++', 'The C++ club'],
  ['👩‍💻', 'Ada 👩‍💻'],
])('[F24] %s finds %s', (typed, name) => expect(finds(typed, name)).toBe(true))

test.each([
  ['ovacs', 'László Kovács'],
  ['kovacs x', 'László Kovács'],
  ['', 'Bob'],
  ['%', 'Bob %'],
  ['\u200b', 'Bob'],
  ['郎太', '山田太郎'],
  ['c++', 'Carol'],
  ['🎉', '🎊 Party'],
])('[F24] %s does not find %s', (typed, name) => expect(finds(typed, name)).toBe(false))

test('[F24] words may be spread over display name and username', () => {
  expect(finds('laszlo lk', 'László Kovács', 'lk1')).toBe(true)
})
