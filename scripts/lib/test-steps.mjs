import { rm } from 'node:fs/promises'
import path from 'node:path'
import { ensureBuild } from './build.mjs'
import { withDisplay } from './display.mjs'
import { inModules, PROJECT_NODE, ROOT } from './project.mjs'
import { runCommand } from './run-command.mjs'
import { readStamp } from './stamp.mjs'
import { StepFailure } from './step-failure.mjs'
import { formatDuration } from './steps.mjs'
import { tallyPlaywright, tallyVitest } from './test-report.mjs'

/** A step that takes longer hangs (ms). */
const LIMITS_MS = {
  check: 3 * 60_000,
  unit: 5 * 60_000,
  integration: 10 * 60_000,
  e2e: 24 * 60_000,
}

/**
 * One step of `npm test`: its name for the list at the end, and its doing.
 * @typedef {{ name: string, run: () => Promise<import('./test-report.mjs').Tally> }} TestStep
 */

/**
 * What a step needs to run tools, whose output goes to the terminal itself.
 * @typedef {object} World
 * @property {AbortSignal} abort
 * @property {NodeJS.ProcessEnv} env what the tests see
 * @property {() => number} leftMs how much time all that is still to come may take
 */

/**
 * @param {import('./test-plan.mjs').Stage} stage
 * @param {import('./run-entry.mjs').Context & World} context
 * @param {readonly string[]} rest further arguments for the test runner
 * @returns {TestStep[]}
 */
export function stepsOf(stage, context, rest) {
  switch (stage) {
    case 'check':
      return checks(context)
    case 'unit':
      return [{ name: 'unit tests', run: () => vitest('unit', rest, context) }]
    case 'integration':
      return [
        buildStep(context),
        {
          name: 'integration tests',
          run: () => vitest('integration', rest, context),
        },
      ]
    case 'e2e':
      return [
        buildStep(context),
        { name: 'end-to-end tests', run: () => playwright(rest, context) },
      ]
  }
}

/**
 * @param {World} world
 * @returns {TestStep[]}
 */
function checks(world) {
  const biome = [inModules('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings']
  const script = path.join(ROOT, 'scripts', 'check-sources.mjs')
  return [
    { name: 'format and lint', run: () => check(biome, world) },
    { name: 'types', run: () => check([inModules('typescript', 'bin', 'tsc'), '-b'], world) },
    { name: 'import rules', run: () => check([script, 'imports'], world) },
    { name: 'house rules', run: () => check([script, 'house'], world) },
  ]
}

/**
 * @param {string[]} args
 * @param {World} world
 */
async function check(args, world) {
  const passed = await runTool(args, LIMITS_MS.check, world)
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @returns {TestStep}
 */
function buildStep(context) {
  return {
    name: 'build',
    run: async () => {
      try {
        await ensureBuild(context)
        return { passed: 1, failed: 0 }
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error
        return { passed: 0, failed: 1, problem: error.message }
      }
    },
  }
}

/**
 * @param {'unit' | 'integration'} project
 * @param {readonly string[]} rest
 * @param {World} world
 */
async function vitest(project, rest, world) {
  const report = path.join(ROOT, 'test-results', `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = [
    inModules('vitest', 'vitest.mjs'),
    'run',
    '--project',
    project,
    ...reporters,
    ...rest,
  ]
  await rm(report, { force: true })
  const exitedWell = await runTool(args, LIMITS_MS[project], world)
  return tallyVitest(await readStamp(report), exitedWell)
}

/**
 * @param {readonly string[]} rest
 * @param {World} world
 */
async function playwright(rest, world) {
  const report = path.join(ROOT, 'test-results', 'e2e.json')
  const args = [inModules('playwright', 'cli.js'), 'test', ...rest]
  await rm(report, { force: true })
  const exitedWell = await withDisplay(world, (env) =>
    runTool(args, LIMITS_MS.e2e, { ...world, env }),
  )
  return tallyPlaywright(await readStamp(report), exitedWell)
}

/**
 * Runs a tool of node_modules with the project's Node, its output on the terminal.
 * @param {readonly string[]} args
 * @param {number} limitMs
 * @param {World} world
 * @returns {Promise<boolean>} whether it ended with code 0
 */
async function runTool(args, limitMs, { abort, env, leftMs }) {
  const timeoutMs = Math.max(1000, Math.min(limitMs, leftMs()))
  const result = await runCommand(PROJECT_NODE, args, {
    abort,
    env,
    cwd: ROOT,
    timeoutMs,
    output: 'show',
  })
  if (result.kind === 'timeout') process.stdout.write(`ended after ${formatDuration(timeoutMs)}\n`)
  return result.kind === 'exited' && result.code === 0
}
