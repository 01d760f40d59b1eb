import { ensureBuild } from './build.mjs'
import { findElectron } from './electron-runtime.mjs'
import { ensureAddon } from './native-addon.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

/**
 * An Electron that runs here with all its libraries and with an SQLite that loads in it.
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').Purpose[]} [purposes] what else the machine must have
 * @returns {Promise<import('./electron-runtime.mjs').ElectronRuntime>}
 */
export async function prepareElectron(context, purposes = []) {
  await ensureSystemPackages(context, ['app', ...purposes])
  await ensureNpmPackages(context)
  const electron = await findElectron(context)
  await ensureAddon(context, electron)
  return electron
}

/**
 * As above, and the app is built.
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').Purpose[]} [purposes]
 */
export async function prepareApp(context, purposes = []) {
  const electron = await prepareElectron(context, purposes)
  await ensureBuild(context)
  return electron
}
