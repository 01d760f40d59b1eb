export const MAX_LINES = 400

/** Ways to silence a check in place: each is refused, the rule is mended or the code is. */
const SILENCERS = [
  ['biome', 'ignore'].join('-'),
  ...['ignore', 'expect-error', 'nocheck'].map((word) => `@ts-${word}`),
]

/** Marks of work left for later. */
const LEFTOVERS = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
)

/**
 * What is wrong with one source file, as "file: what".
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function breaches(file, text) {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const silencer = SILENCERS.find((word) => text.includes(word))
  return [
    ...(lines > MAX_LINES ? [`${file}: ${lines} lines, ${MAX_LINES} at most`] : []),
    ...(silencer === undefined ? [] : [`${file}: a check is silenced by ${silencer}`]),
    ...(LEFTOVERS.test(text) ? [`${file}: something is left for later`] : []),
  ]
}
