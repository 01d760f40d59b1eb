/** Number of avatar colours in tokens.css. */
const COLOURS = 8

/** Which of the avatar colours (1 to 8) something has: always the same for one id. FNV-1a, 32 bits. */
export function avatarColour(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  }
  return ((hash >>> 0) % COLOURS) + 1
}

/** The colour of one of several people with the same name, by which of them it is: neighbours differ. */
export function rankColour(rank: number): number {
  return (rank % COLOURS) + 1
}

/** One or two letters that stand for a name: `Ada Lovelace` is AL; whole characters, never half of one. */
export function initials(name: string): string {
  const words = name
    .split(/[\s._-]+/u)
    .map((word) => word.replace(/^[^\p{L}\p{N}\p{Emoji}]+/u, ''))
    .filter((word) => word !== '')
  const first = firstCharacter(words[0] ?? name)
  const last = words.length > 1 ? firstCharacter(words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase()
}

const CHARACTERS = new Intl.Segmenter()

/** Marks that one letter keeps: more of them would be painted over what stands above and below. */
const MARKS = /(\p{M}{2})\p{M}+/gu

function firstCharacter(word: string): string {
  const [first] = CHARACTERS.segment(word)
  return first?.segment.replace(MARKS, '$1') ?? ''
}
