import path from 'node:path'

/**
 * What a layer may import: which layers of ours, and which packages ("node:" stands for Node's own modules).
 * @typedef {object} Layer
 * @property {string} folder
 * @property {readonly string[]} layers besides itself
 * @property {'all' | readonly string[]} packages
 * @property {readonly string[]} [never] packages that are refused although `packages` says all
 * @property {boolean} [schemaFree] what it imports at run time of other layers must not lead to zod
 */

const SHELLS = ['electron', 'ws', 'better-sqlite3', 'pg', 'redis', 'react', 'react-dom']

/**
 * The layers of ARCHITECTURE.md. A file belongs to the longest folder that holds it.
 * @type {readonly Layer[]}
 */
export const LAYERS = [
  { folder: 'protocol', layers: [], packages: ['zod'] },
  { folder: 'main/sync', layers: ['protocol'], packages: [] },
  {
    folder: 'main',
    layers: ['main/sync', 'protocol'],
    packages: 'all',
    never: ['react', 'react-dom', 'pg', 'redis'],
  },
  { folder: 'preload', layers: ['protocol'], packages: ['electron'], schemaFree: true },
  {
    folder: 'renderer',
    layers: ['protocol'],
    packages: 'all',
    never: [...SHELLS.filter((name) => !name.startsWith('react')), 'zod', 'node:'],
    schemaFree: true,
  },
  { folder: 'server/domain', layers: ['protocol'], packages: [] },
  {
    folder: 'server',
    layers: ['server/domain', 'protocol'],
    packages: 'all',
    never: ['electron', 'react', 'react-dom'],
  },
  {
    folder: 'e2e/sim',
    layers: ['e2e', 'main', 'main/sync', 'server', 'server/domain', 'protocol'],
    packages: 'all',
    never: ['electron'],
  },
  { folder: 'e2e', layers: ['protocol'], packages: 'all' },
  {
    folder: 'bench',
    layers: ['main', 'main/sync', 'server', 'server/domain', 'protocol', 'e2e'],
    packages: 'all',
  },
  { folder: 'scripts', layers: [], packages: 'all' },
]

/** What tests may use wherever they stand. Their servers and processes they get from test-support folders. */
const TEST_PACKAGES = ['vitest', 'fast-check']

/**
 * The layer of a file, by its path from the project's folder.
 * @param {string} file with forward slashes
 */
export function layerOf(file) {
  const holding = LAYERS.filter(({ folder }) => file.startsWith(`${folder}/`))
  return holding.sort((a, b) => b.folder.length - a.folder.length)[0]
}

/**
 * Every import that crosses a border it must not cross, as "file: what is wrong", in the order of the files.
 * @param {ReadonlyMap<string, readonly import('./module-imports.mjs').ModuleImport[]>} modules by path from the
 *   project's folder, with forward slashes
 * @returns {string[]}
 */
export function findViolations(modules) {
  return [...modules].flatMap(([file, imports]) => {
    const layer = layerOf(file)
    if (layer === undefined) return []
    return imports.flatMap((entry) => {
      const wrong = entry.specifier.startsWith('.')
        ? wrongFile(file, layer, entry, modules)
        : wrongPackage(file, layer, entry.specifier)
      return wrong === undefined ? [] : [`${file}: ${wrong}`]
    })
  })
}

/**
 * @param {string} file
 * @param {Layer} layer
 * @param {import('./module-imports.mjs').ModuleImport} entry
 * @param {ReadonlyMap<string, readonly import('./module-imports.mjs').ModuleImport[]>} modules
 */
function wrongFile(file, layer, { specifier, typeOnly }, modules) {
  const target = path.posix.join(path.posix.dirname(file), specifier)
  const other = layerOf(target)
  if (other === undefined) return `imports ${target}, which is in no layer`
  if (other !== layer && !layer.layers.includes(other.folder)) {
    return `${layer.folder} must not import ${other.folder} (${specifier})`
  }
  // Tests are in no bundle: they may hold the screen against the schemas' own tables.
  if (!layer.schemaFree || other === layer || typeOnly || isTest(file)) return undefined
  if (leadsToZod(target, modules, new Set())) {
    return `${specifier} brings zod into ${layer.folder} at run time; import its types, or constants that need no schema`
  }
  return undefined
}

/** @param {string} file */
function isTest(file) {
  return /\.test\.tsx?$|\/test-support\//.test(file)
}

/**
 * @param {string} file
 * @param {Layer} layer
 * @param {string} specifier
 */
function wrongPackage(file, layer, specifier) {
  const name = packageName(specifier)
  if (isTest(file) && TEST_PACKAGES.includes(name)) return undefined
  if (layer.never?.includes(name)) return `${layer.folder} must not import ${name}`
  if (layer.packages !== 'all' && !layer.packages.includes(name)) {
    return `${layer.folder} must not import ${name}`
  }
  return undefined
}

/**
 * "@scope/name/deep" is "@scope/name", "react-dom/client" is "react-dom", "node:fs" is "node:".
 * @param {string} specifier
 */
export function packageName(specifier) {
  if (specifier.startsWith('node:')) return 'node:'
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/**
 * @param {string} file
 * @param {ReadonlyMap<string, readonly import('./module-imports.mjs').ModuleImport[]>} modules
 * @param {Set<string>} seen
 * @returns {boolean}
 */
function leadsToZod(file, modules, seen) {
  if (seen.has(file)) return false
  seen.add(file)
  const atRunTime = (modules.get(file) ?? []).filter(({ typeOnly }) => !typeOnly)
  return atRunTime.some(({ specifier }) =>
    specifier.startsWith('.')
      ? leadsToZod(path.posix.join(path.posix.dirname(file), specifier), modules, seen)
      : packageName(specifier) === 'zod',
  )
}
