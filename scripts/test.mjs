/**
 * `npm test [-- check|unit|integration|e2e …]`: whatever is missing, then every check and test, to the end even when
 * one fails. The last line is `N passed, N failed`; the exit code is 1 if anything failed.
 */
import path from 'node:path'
import { prepareElectron } from './lib/bootstrap.mjs'
import { ensureNpmPackages } from './lib/npm-packages.mjs'
import { inModules } from './lib/project.mjs'
import { reportFailure, runEntry } from './lib/run-entry.mjs'
import { StepFailure } from './lib/step-failure.mjs'
import { formatDuration } from './lib/steps.mjs'
import { needsOf, planTests } from './lib/test-plan.mjs'
import { total } from './lib/test-report.mjs'
import { stepsOf } from './lib/test-steps.mjs'

/** What all steps together may take, the bootstrap not counted (ms). */
const ALL_MS = 32 * 60_000

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`)

await runEntry(async (context) => {
  const plan = planTests(process.argv.slice(2))
  if (plan.kind === 'bad') {
    context.steps.note(plan.reason)
    return 2
  }
  try {
    const env = await prepare(plan.stages, context)
    const endsAt = performance.now() + ALL_MS
    return await runAll(plan, { ...context, env, leftMs: () => endsAt - performance.now() })
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    reportFailure(error, context.steps)
    say('0 passed, 1 failed')
    return 1
  }
})

/**
 * @param {import('./lib/test-plan.mjs').Stage[]} stages
 * @param {import('./lib/run-entry.mjs').Context} context
 * @returns {Promise<NodeJS.ProcessEnv>} what the tests see
 */
async function prepare(stages, context) {
  const { purposes, electron } = needsOf(stages)
  // What is set for the app someone uses must not reach the apps that tests start.
  const { FERRY_SERVER_URL: _url, ELECTRON_RUN_AS_NODE: _mode, PATH: outer, ...rest } = context.env
  const env = { ...rest, PATH: [inModules('.bin'), outer].join(path.delimiter) }
  if (!electron) {
    await ensureNpmPackages(context)
    return env
  }
  const { executable, folder } = await prepareElectron(context, purposes)
  return { ...env, FERRY_ELECTRON: executable, ELECTRON_OVERRIDE_DIST_PATH: folder }
}

/**
 * @param {{ stages: import('./lib/test-plan.mjs').Stage[], rest: string[] }} plan
 * @param {import('./lib/run-entry.mjs').Context & import('./lib/test-steps.mjs').World} context
 * @returns {Promise<number>} the exit code
 */
async function runAll({ stages, rest }, context) {
  const steps = stages.flatMap((stage) => stepsOf(stage, context, rest))
  // Two stages may ask for the build; it is one step.
  const once = steps.filter(
    ({ name }, index) => steps.findIndex((step) => step.name === name) === index,
  )
  const tallies = []
  const summary = []
  for (const { name, run } of once) {
    say(`\n── ${name} ──`)
    const startedAt = performance.now()
    const tally = await run()
    tallies.push(tally)
    const took = formatDuration(performance.now() - startedAt)
    const problem = tally.problem === undefined ? '' : `: ${tally.problem}`
    const line = `${tally.failed === 0 ? '✓' : '✗'} ${name} (${took}): ${tally.passed} passed, ${tally.failed} failed${problem}`
    say(line)
    summary.push(line)
  }
  const { passed, failed } = total(tallies)
  say(`\n${summary.join('\n')}\n\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
