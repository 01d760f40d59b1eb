/** `npm start`: whatever is missing, then the app. Arguments go on to it: `npm start -- --user-data-dir=DIR`. */
import { prepareApp } from './lib/bootstrap.mjs'
import { electronSwitches, requireDisplay } from './lib/display.mjs'
import { ROOT } from './lib/project.mjs'
import { runApp } from './lib/run-app.mjs'
import { runEntry } from './lib/run-entry.mjs'
import { requireSandbox } from './lib/sandbox.mjs'

await runEntry(async (context) => {
  const env = await requireDisplay(context.env)
  const electron = await prepareApp(context)
  await requireSandbox(context, electron)
  const args = [...electronSwitches(env), ROOT, ...process.argv.slice(2)]
  return runApp(electron.executable, args, env)
})
