/**
 * usage: run-scenario.ts FILE [flags]: runs a scenario and ends with it. A process that is left to end by itself closes
 * what is still open first, and Node 24 may wait for ever, at full speed, for a pipe of a process that was killed.
 */
import { pathToFileURL } from 'node:url'

const [, , scenario] = process.argv
if (scenario === undefined) throw new Error('usage: run-scenario.ts FILE [flags]')
process.argv.splice(1, 1)
await import(pathToFileURL(scenario).href)
process.exit()
