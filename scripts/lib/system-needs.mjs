/**
 * What must be on the machine besides npm packages, each with how to see that it is there and the Debian/Ubuntu
 * packages that bring it (the first that the system knows is taken: some were renamed).
 * @typedef {object} SystemNeed
 * @property {Purpose} purpose
 * @property {{ command: string } | { library: string } | { file: string, below: string }} probe a command on
 *   PATH, a shared library known to the loader, or a file in some folder below one
 * @property {readonly string[]} debian alternatives, newest name last
 */

/** @typedef {'app' | 'display' | 'servers' | 'compiler'} Purpose */

/** @type {readonly SystemNeed[]} */
export const SYSTEM_NEEDS = [
  { purpose: 'app', probe: { library: 'libgtk-3.so.0' }, debian: ['libgtk-3-0', 'libgtk-3-0t64'] },
  { purpose: 'app', probe: { library: 'libnss3.so' }, debian: ['libnss3'] },
  { purpose: 'app', probe: { library: 'libasound.so.2' }, debian: ['libasound2', 'libasound2t64'] },
  { purpose: 'app', probe: { library: 'libgbm.so.1' }, debian: ['libgbm1'] },
  { purpose: 'app', probe: { library: 'libXss.so.1' }, debian: ['libxss1'] },
  { purpose: 'app', probe: { library: 'libnotify.so.4' }, debian: ['libnotify4'] },
  { purpose: 'app', probe: { library: 'libsecret-1.so.0' }, debian: ['libsecret-1-0'] },
  {
    purpose: 'app',
    probe: { library: 'libatspi.so.0' },
    debian: ['libatspi2.0-0', 'libatspi2.0-0t64'],
  },
  { purpose: 'display', probe: { command: 'Xvfb' }, debian: ['xvfb'] },
  { purpose: 'display', probe: { command: 'xauth' }, debian: ['xauth'] },
  { purpose: 'servers', probe: { command: 'redis-server' }, debian: ['redis-server'] },
  {
    purpose: 'servers',
    probe: { file: 'bin/initdb', below: '/usr/lib/postgresql' },
    debian: ['postgresql'],
  },
  { purpose: 'compiler', probe: { command: 'g++' }, debian: ['g++'] },
  { purpose: 'compiler', probe: { command: 'make' }, debian: ['make'] },
  { purpose: 'compiler', probe: { command: 'python3' }, debian: ['python3'] },
]

/**
 * What a probe looks for, as a person would name it.
 * @param {SystemNeed} need
 */
export function nameOf({ probe, debian }) {
  if ('command' in probe) return probe.command
  return 'library' in probe ? probe.library : (debian[0] ?? probe.file)
}

/**
 * The package to install for each need: the newest of its names that the system knows.
 * @param {readonly SystemNeed[]} needs
 * @param {ReadonlySet<string>} known names of packages that have something to install
 * @returns {string[]}
 */
export function packagesFor(needs, known) {
  return needs.flatMap(
    ({ debian }) => debian.findLast((name) => known.has(name)) ?? debian[0] ?? [],
  )
}

/**
 * The sonames in the output of `ldconfig -p`.
 * @param {string} printed
 * @returns {Set<string>}
 */
export function parseLdconfig(printed) {
  const names = printed.split('\n').flatMap((line) => /^\s+(\S+) \(.*\) => /.exec(line)?.[1] ?? [])
  return new Set(names)
}

/**
 * The package names in the output of `apt-cache madison`: "libgbm1 | 22.3.6 | http://…".
 * @param {string} printed
 * @returns {Set<string>}
 */
export function parseMadison(printed) {
  return new Set(printed.split('\n').flatMap((line) => /^\s*(\S+) \|/.exec(line)?.[1] ?? []))
}
