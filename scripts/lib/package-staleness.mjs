/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional] may be absent: made for another system
 * @property {boolean} [link]
 */

/** @typedef {{ packages?: Record<string, LockedPackage> }} LockFile */

/**
 * What is installed and does not match the lock file, by folder ("node_modules/zod"). npm keeps a copy of the lock
 * file of what it installed in node_modules/.package-lock.json, so nothing needs to be asked of npm itself.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | undefined} installed node_modules/.package-lock.json
 * @returns {string[]}
 */
export function stalePackages(wanted, installed) {
  const present = installed?.packages ?? {}
  return Object.entries(wanted.packages ?? {}).flatMap(([folder, locked]) => {
    if (folder === '') return []
    const found = present[folder]
    if (found === undefined) return locked.optional === true ? [] : [folder]
    return found.version === locked.version && found.integrity === locked.integrity ? [] : [folder]
  })
}
