/**
 * How texts are compared that people look for: letters without case, without width and presentation forms, and without
 * those marks that a reader can do without. Which marks these are is a matter of the script: an accent in Latin or
 * Greek, a Hebrew point or an Arabic harakat may be left out by whoever searches; a vowel sign in Hindi or Thai, the two
 * strokes that make は into ば, or the breve that makes и into й make another word, and are kept.
 *
 * Both ends use this one function, and so do the search index and the marks in its results: they never disagree.
 */

/** Grows with every change of what `foldText` makes of a text: whatever keeps folded texts makes them anew. */
export const FOLD_VERSION = 2

const ASCII = /^\p{ASCII}*$/u
/** What is not seen, and stands in a word without dividing it; the letters of a flag (tags) are told apart by it. */
const IGNORED = /(?![\u{E0020}-\u{E007F}])\p{Default_Ignorable_Code_Point}/gu
/** Decomposed, these scripts have no mark that makes another letter in the eyes of whoever searches. */
const FREE_MARKS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}])\p{M}+/gu
/** Tatweel, harakat and the signs of recitation; not the hamza that is part of a letter. */
const ARABIC_MARKS =
  /[\u0640\u064B-\u0652\u0656-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u08CA-\u08E1\u08E3-\u08FF]/gu
/** Stress, which is written in textbooks only; ѓ and ќ are composed by now, and letters. */
const CYRILLIC_STRESS = /(?<=\p{Script=Cyrillic})[\u0300\u0301]/gu
/** Letters that are written in more than one way, and letters with a mark that Unicode does not take apart. */
const SAME = new Map(
  Object.entries({
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    ł: 'l',
    đ: 'd',
    ð: 'd',
    ħ: 'h',
    ŧ: 't',
    þ: 'th',
    ı: 'i',
    ς: 'σ',
    ё: 'е',
    ѐ: 'е',
    ѝ: 'и',
    آ: 'ا',
    أ: 'ا',
    إ: 'ا',
    ٱ: 'ا',
    ک: 'ك',
    ی: 'ي',
    '‘': "'",
    '’': "'",
    '‚': "'",
    '‛': "'",
    '′': "'",
    '׳': "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '‟': '"',
    '″': '"',
    '״': '"',
    '‐': '-',
    '‒': '-',
    '–': '-',
    '—': '-',
    '―': '-',
    '−': '-',
    '־': '-',
  }),
)
const SAME_LETTERS = new RegExp(`[${[...SAME.keys()].join('')}]`, 'gu')

/** A text as it is compared. Blanks stay what they are; nothing is left of what is never seen. */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text
    .replace(IGNORED, '')
    .normalize('NFKD')
    .replace(FREE_MARKS, '')
    .normalize('NFC')
    .replace(ARABIC_MARKS, '')
    .replace(CYRILLIC_STRESS, '')
    .toLowerCase()
    .replace(SAME_LETTERS, (letter) => SAME.get(letter) ?? letter)
}
