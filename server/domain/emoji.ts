/** One picture: what is or may become an emoji, with its presentation, skin tone or keycap mark. */
const PICTURE = String.raw`(?:(?=\p{Extended_Pictographic})[\p{Emoji}\p{Cn}]|\p{Emoji_Modifier})(?:\p{Emoji_Modifier}|\uFE0F\u20E3?)?`
const FLAG = String.raw`\p{Regional_Indicator}{2}`
const KEYCAP = String.raw`[0-9#*]\uFE0F?\u20E3`
/** England, Scotland, a state: a black flag with its code in tags. On any other picture tags would be hidden text. */
const REGION_FLAG = String.raw`\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}`
const JOINED = String.raw`${PICTURE}(?:\u200D${PICTURE})*`
const EMOJI = new RegExp(`^(?:${FLAG}|${KEYCAP}|${REGION_FLAG}|${JOINED})$`, 'u')

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Whether a text is exactly one emoji: one sign to the eye that has an emoji property, with the skin tones, joiners and
 * marks that belong to it. Not a digit, a letter or a word. Pictures that Unicode has set aside and not named yet pass,
 * so that a newer client's emoji is none the less one.
 */
export function isEmoji(text: string): boolean {
  if (!EMOJI.test(text)) return false
  const [, second] = GRAPHEMES.segment(text)
  return second === undefined
}
