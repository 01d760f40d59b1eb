/** `npm run --silent electron-path`: the path of the Electron executable in use, and nothing else, on stdout. */
import { prepareElectron } from './lib/bootstrap.mjs'
import { runEntry } from './lib/run-entry.mjs'

await runEntry(async (context) => {
  const { executable } = await prepareElectron(context)
  process.stdout.write(`${executable}\n`)
  return 0
})
