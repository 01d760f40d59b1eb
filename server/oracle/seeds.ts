/**
 * The seeds that the oracle runs with. A seed that failed is a test from then on: add it here, with what it found.
 *
 * To look for one: `FERRY_ORACLE_SEEDS=11,12,13 npx vitest run --project integration server/oracle/oracle` runs these
 * instead. A failing run prints its seed in the test's name, and the counts or, when it stood still, where and with
 * what logs. What a seed draws are the operations, the faults and their order; when processes get their turns is the
 * machine's business, so one that failed once may need several runs, or a busy machine, to fail again.
 */
const KEPT: readonly number[] = [
  // A device that was away when it was removed kept a part of the log that it may not read up to the end any more.
  5,
]

/** @throws when FERRY_ORACLE_SEEDS is not a list of whole numbers */
function readSeeds({ FERRY_ORACLE_SEEDS: asked = '' }: NodeJS.ProcessEnv): readonly number[] {
  if (asked === '') return KEPT
  return asked.split(',').map((text) => {
    const seed = Number(text)
    if (!Number.isSafeInteger(seed)) throw new RangeError(`FERRY_ORACLE_SEEDS: ${text} is no seed`)
    return seed
  })
}

export const SEEDS = readSeeds(process.env)
