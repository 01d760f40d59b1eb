/**
 * What a name may hold. Free of zod, so that forms may ask before the server refuses. Names stand beside other people's
 * texts: one that turns their direction, breaks or covers their lines, shows nothing or passes for somebody else's is refused.
 */

/** Control characters, line and paragraph breaks, marks of direction, and whatever leaves no trace on the screen. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffc\u{1d159}]/u

/**
 * Unseen marks that belong to what is seen: one that makes a picture of a sign, the joiners between pictures, the code
 * in the flag of a region (tags on any other picture would be a hidden text), …
 */
const EMOJI =
  /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*|[#*0-9]\ufe0f\u20e3/gu
/** … joiners between letters of scripts that are written with them, and the variants of an ideograph. */
const JOINING = String.raw`\p{scx=Arab}\p{scx=Syrc}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Mymr}\p{scx=Khmr}`
const JOINED = new RegExp(
  String.raw`(?<=[${JOINING}])[\u200c\u200d](?=\p{L})(?=[${JOINING}])|(?<=\p{sc=Han})[\u{e0100}-\u{e01ef}]`,
  'gu',
)

/** The same mark twice, or more of them on one letter than any language writes (UTS 39, 5.4); Tibetan stacks letters. */
const PILE = /([\p{Mn}\p{Me}])\1|(?:(?!\p{sc=Tibt})[\p{Mn}\p{Me}]){5}/u

/** Something that ink is spent on. */
const INK = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whether a text holds marks that nobody sees and that do something all the same. */
export function holdsUnseenMarks(text: string): boolean {
  return UNSEEN.test(text) && UNSEEN.test(text.replace(EMOJI, '').replace(JOINED, ''))
}

/** Whether a text piles up marks on a letter, which reach over the lines above and below. */
export function pilesMarks(text: string): boolean {
  return PILE.test(text.normalize('NFD'))
}

/** Whether there is anything to see in a text. */
export function isVisible(text: string): boolean {
  return INK.test(text.replace(new RegExp(UNSEEN, 'gu'), ''))
}

/** Scripts of names, each alone or in one of the company that languages write together. */
const ALONE = [
  ...['Arabic', 'Armenian', 'Bengali', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek'],
  ...['Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam', 'Myanmar', 'Oriya'],
  ...[
    'Sinhala',
    'Tamil',
    'Telugu',
    'Thaana',
    'Thai',
    'Tibetan',
    'Mongolian',
    'Tifinagh',
    'Cherokee',
  ],
] as const
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
] as const

const COMPANIES: readonly RegExp[] = [...ALONE.map((script) => [script]), ...TOGETHER].map(
  (scripts) => new RegExp(`^[\\p{sc=Zyyy}\\p{sc=Zinh}${classOf(scripts)}]*$`, 'u'),
)
const COMMON_SCRIPT = new RegExp(`[${classOf([...ALONE, ...TOGETHER.flat()])}]`, 'u')

function classOf(scripts: readonly string[]): string {
  return scripts.map((script) => `\\p{scx=${script}}`).join('')
}

/**
 * Whether the letters of a text are of one script, or of scripts that one language writes together ("highly restrictive"
 * of UTS 39). A text in a rare script alone is; what mixes with it is not.
 */
export function isOfOneScript(text: string): boolean {
  return COMPANIES.some((company) => company.test(text)) || !COMMON_SCRIPT.test(text)
}
