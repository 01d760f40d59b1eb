import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The folder of the project: what Electron is given as the app. */
export const PROJECT_FOLDER = join(import.meta.dirname, '..', '..')
export const SERVER_BUNDLE = join(PROJECT_FOLDER, 'out', 'server', 'main.cjs')

/** The Electron in use: FERRY_ELECTRON, else what `npm run electron-path` says. */
export async function findElectron(): Promise<string> {
  const { FERRY_ELECTRON: given } = process.env
  if (given !== undefined && given !== '') return given
  const script = join(PROJECT_FOLDER, 'scripts', 'electron-path.mjs')
  const { stdout } = await run(process.execPath, [script], { cwd: PROJECT_FOLDER })
  return stdout.trim()
}

/** The environment for a child: ours, without what would make Electron something else, and with `extra`. */
export function childEnvironment(extra: Record<string, string>): Record<string, string> {
  const unwanted = new Set(['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'FERRY_SERVER_URL'])
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !unwanted.has(entry[0]),
  )
  return { ...Object.fromEntries(inherited), ...extra }
}
