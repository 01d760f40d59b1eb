/** `npm run dev`: the app with hot reload, and a server. Arguments go on to the app. */
import path from 'node:path'
import { prepareElectron } from './lib/bootstrap.mjs'
import { electronSwitches, requireDisplay } from './lib/display.mjs'
import { ROOT } from './lib/project.mjs'
import { runEntry } from './lib/run-entry.mjs'
import { requireSandbox } from './lib/sandbox.mjs'

await runEntry(async (context) => {
  const env = await requireDisplay(context.env)
  const electron = await prepareElectron(context)
  await requireSandbox(context, electron)
  const given = process.argv.slice(2)
  // A profile of its own, so that trying things out never touches the one that is used.
  const profile = given.some((arg) => arg.startsWith('--user-data-dir='))
    ? []
    : [`--user-data-dir=${path.join(ROOT, 'data', 'dev', 'profile')}`]
  const args = [...electronSwitches(env), ROOT, ...profile, ...given]
  const { runDevSession } = await import('./lib/dev-session.mjs')
  return runDevSession({ ...context, env }, { executable: electron.executable, args })
})
