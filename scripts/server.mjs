/**
 * `npm run server -- [flags]`: the sync server alone. It runs in this very process, so that a signal meant for it
 * (SIGTERM, SIGKILL) hits it; all that is said on the way goes to stderr, so that stdout stays its own.
 */
import { createRequire } from 'node:module'
import { ensureBuild, SERVER_BUNDLE } from './lib/build.mjs'
import { jsonTerminal } from './lib/json-terminal.mjs'
import { adoptCachedAddon } from './lib/native-addon.mjs'
import { ensureNpmPackages } from './lib/npm-packages.mjs'
import { PROJECT_NODE } from './lib/project.mjs'
import { runApp } from './lib/run-app.mjs'
import { runEntry } from './lib/run-entry.mjs'

const flags = process.argv.slice(2)
let startHere = false
// Piped, stderr is the server's log: what is said before it starts is a part of that.
const { stderr } = process
const terminal = stderr.isTTY ? stderr : jsonTerminal(stderr, () => new Date())

await runEntry(async (context) => {
  await ensureNpmPackages(context)
  await ensureBuild(context)
  const { napi } = process.versions
  startHere = Number(napi) >= 10 || (await adoptCachedAddon())
  if (startHere) return 0
  // The first run on an old Node: SQLite's prebuilt binary would crash in it, the project's own Node is newer.
  return runApp(PROJECT_NODE, [SERVER_BUNDLE, ...flags], context.env)
}, terminal)

if (startHere) {
  process.argv.splice(1, process.argv.length - 1, SERVER_BUNDLE, ...flags)
  createRequire(import.meta.url)(SERVER_BUNDLE)
}
