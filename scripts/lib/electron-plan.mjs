import path from 'node:path'

/**
 * What is known before anything is fetched.
 * @typedef {object} ElectronFacts
 * @property {string | undefined} override a folder given by ELECTRON_OVERRIDE_DIST_PATH
 * @property {boolean} official the pinned official Electron is in node_modules
 * @property {boolean} fallbackFits this machine can run the runtime from the package registry
 * @property {number | undefined} downloadFailedAt when the official download last failed here (ms since 1970)
 * @property {number} now ms since 1970
 */

/** @typedef {'override' | 'official' | 'download' | 'fallback'} ElectronSource */

export const DOWNLOAD_RETRY_MS = 24 * 60 * 60 * 1000

/**
 * Where to take Electron from, in the order to try. A download that failed on this machine is not tried again for
 * a day, unless there is nothing else.
 * @param {ElectronFacts} facts
 * @returns {ElectronSource[]}
 */
export function planElectron({ override, official, fallbackFits, downloadFailedAt, now }) {
  if (override !== undefined && override !== '') return ['override']
  if (official) return ['official']
  if (!fallbackFits) return ['download']
  const failedRecently =
    downloadFailedAt !== undefined &&
    downloadFailedAt <= now &&
    now - downloadFailedAt < DOWNLOAD_RETRY_MS
  return failedRecently ? ['fallback'] : ['download', 'fallback']
}

/**
 * Where the executable is inside an Electron folder.
 * @param {NodeJS.Platform} platform
 */
export function electronExecutable(platform) {
  if (platform === 'darwin') return path.join('Electron.app', 'Contents', 'MacOS', 'Electron')
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

/**
 * Electron 35 is the first with Node-API 10, which the prebuilt SQLite addon needs; on an older one it crashes.
 * @param {string} electronVersion like "33.2.1"
 */
export function needsCompiledAddon(electronVersion) {
  const major = Number.parseInt(electronVersion, 10)
  return !Number.isInteger(major) || major < 35
}
