/** `npm run build`: what the app and the server run, in `out/`. */
import { ensureBuild } from './lib/build.mjs'
import { ensureNpmPackages } from './lib/npm-packages.mjs'
import { runEntry } from './lib/run-entry.mjs'

await runEntry(async (context) => {
  await ensureNpmPackages(context)
  await ensureBuild(context, { always: true })
  return 0
})
