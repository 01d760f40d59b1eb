import { foldText } from './fold.ts'

/**
 * How people and conversations are found by their names: by the beginning of any word, without case and accents; in
 * scripts that are written without spaces by any part, and by any sign or emoji. Server and app use the same.
 */

/** Letters, digits and their marks, and signs: 🎉 or + is looked for like a word. */
const RUN = /[\p{L}\p{N}\p{M}\p{S}]+/gu
/** Words that many write as one. */
const JOINED = /[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)+/gu
const UNSPACED =
  /(?=[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmr}\p{Script=Mymr}])[\p{L}\p{N}]|\p{S}/u
/** How letters with a mark are written where the keyboard has none; beside the letter without its mark. */
const SPELT_OUT = new Map(Object.entries({ ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' }))

/** The words of what was typed: each must begin one of a name's keys. Empty when it holds no letter and no digit. */
export function nameWords(typed: string): string[] {
  return [...new Set(foldText(typed).match(RUN) ?? [])]
}

/** The texts at which a name can be found: its words, and where these can be entered in the middle, their ends too. */
export function nameKeys(name: string): string[] {
  const folded = foldText(name)
  const keys = new Set<string>(folded.match(JOINED)?.map((word) => word.replace(/['-]/g, '')))
  for (const run of foldText(spellOut(name)).match(RUN) ?? []) keys.add(run)
  for (const run of folded.match(RUN) ?? []) {
    keys.add(run)
    let isAfterUnspaced = false
    let at = 0
    for (const letter of run) {
      const isUnspaced = UNSPACED.test(letter)
      if (at > 0 && (isUnspaced || isAfterUnspaced) && !MARK.test(letter)) keys.add(run.slice(at))
      if (!MARK.test(letter)) isAfterUnspaced = isUnspaced
      at += letter.length
    }
  }
  return [...keys]
}

const MARK = /\p{M}/u

function spellOut(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüøå]/g, (letter) => SPELT_OUT.get(letter) ?? letter)
}

/** Whether the words of `nameWords` find something with these keys; none find nothing. */
export function findsName(words: readonly string[], keys: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => keys.some((key) => key.startsWith(word)))
}
