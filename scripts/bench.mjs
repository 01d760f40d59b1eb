/**
 * `npm run bench [-- SCENARIO …]`: measurements, each beside its peer in the same run. A scenario is a file
 * bench/SCENARIO.ts; without one, all of them run in turn. What begins with `-` goes on to the scenario.
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { prepareApp } from './lib/bootstrap.mjs'
import { withDisplay } from './lib/display.mjs'
import { inModules, PROJECT_NODE, ROOT } from './lib/project.mjs'
import { runCommand } from './lib/run-command.mjs'
import { runEntry } from './lib/run-entry.mjs'

const RUNNER = path.join(ROOT, 'bench', 'lib', 'run-scenario.ts')

await runEntry(async (context) => {
  const files = await readdir(path.join(ROOT, 'bench'))
  const known = files.flatMap((file) => /^([a-z-]+)\.ts$/.exec(file)?.[1] ?? [])
  const args = process.argv.slice(2)
  const flags = args.filter((arg) => arg.startsWith('-'))
  const asked = args.filter((arg) => !arg.startsWith('-'))
  const unknown = asked.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    context.steps.note(`There is no scenario "${unknown}". There are: ${known.join(', ')}.`)
    return 2
  }
  const { executable } = await prepareApp(context, ['display', 'servers'])
  return withDisplay(context, async (display) => {
    const { PATH: outer, ...rest } = display
    const env = {
      ...rest,
      FERRY_ELECTRON: executable,
      PATH: [inModules('.bin'), outer].join(path.delimiter),
    }
    let exitCode = 0
    for (const name of asked.length === 0 ? known : asked) {
      const scenario = path.join(ROOT, 'bench', `${name}.ts`)
      const { abort } = context
      const result = await runCommand(PROJECT_NODE, [RUNNER, scenario, ...flags], {
        abort,
        env,
        cwd: ROOT,
        output: 'show',
      })
      if (result.kind !== 'exited' || result.code !== 0) exitCode = 1
    }
    return exitCode
  })
})
