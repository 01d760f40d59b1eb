/** @typedef {'check' | 'unit' | 'integration' | 'e2e'} Stage */

/** In this order, all of them unless some are named. @type {readonly Stage[]} */
const STAGES = ['check', 'unit', 'integration', 'e2e']

/**
 * Which stages to run, and what the test runner gets besides (names of files, `-t pattern`).
 * @param {readonly string[]} args of the command line
 * @returns {{ kind: 'run', stages: Stage[], rest: string[] } | { kind: 'bad', reason: string }}
 */
export function planTests(args) {
  const stages = STAGES.filter((stage) => args.includes(stage))
  const rest = args.filter((arg) => !STAGES.some((stage) => stage === arg))
  if (stages.length === 0 && rest.length > 0) {
    return { kind: 'bad', reason: `${rest[0]} is no stage: name one of ${STAGES.join(', ')} first` }
  }
  return { kind: 'run', stages: stages.length === 0 ? [...STAGES] : stages, rest }
}

/**
 * What the stages need on the machine.
 * @param {readonly Stage[]} stages
 * @returns {{ purposes: import('./system-needs.mjs').Purpose[], electron: boolean }}
 */
export function needsOf(stages) {
  return {
    purposes: [
      ...(stages.includes('integration') || stages.includes('e2e')
        ? /** @type {const} */ (['servers'])
        : []),
      ...(stages.includes('e2e') ? /** @type {const} */ (['display']) : []),
    ],
    electron: stages.some((stage) => stage !== 'check'),
  }
}
