import { parseAst } from 'vite'

/**
 * One import of a module. `typeOnly` ones are gone at run time.
 * @typedef {{ specifier: string, typeOnly: boolean }} ModuleImport
 */

/**
 * Every module that a source names: `import`, `export … from`, `import()`, `require()` and types by `import('…')`.
 * @param {string} source
 * @param {'ts' | 'tsx' | 'js'} lang
 * @returns {ModuleImport[]}
 * @throws {Error} when the source does not parse
 */
export function importsOf(source, lang) {
  /** @type {ModuleImport[]} */
  const found = []
  walk(parseAst(source, { lang }), (node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) found.push({ specifier, typeOnly: isTypeOnly(node) })
  })
  return found
}

/**
 * What is looked at of a syntax node; which of it there is depends on the type.
 * @typedef {object} Node
 * @property {string} type
 * @property {unknown} [source]
 * @property {unknown} [specifiers]
 * @property {unknown} [importKind]
 * @property {unknown} [exportKind]
 * @property {unknown} [callee]
 * @property {unknown} [arguments]
 * @property {unknown} [name]
 * @property {unknown} [value]
 * @property {unknown} [start]
 * @property {unknown} [operator]
 * @property {unknown} [left]
 * @property {unknown} [computed]
 * @property {unknown} [object]
 * @property {unknown} [property]
 * @property {unknown} [typeName]
 */

/** @param {Node} node */
function specifierOf(node) {
  const named = [
    'ImportDeclaration',
    'ExportNamedDeclaration',
    'ExportAllDeclaration',
    'ImportExpression',
    'TSImportType',
  ]
  if (named.includes(node.type)) return textOf(node.source)
  if (node.type !== 'CallExpression') return undefined
  const { callee, arguments: args } = node
  const requires = isNode(callee) && callee.type === 'Identifier' && callee.name === 'require'
  return requires && Array.isArray(args) ? textOf(args[0]) : undefined
}

/** @param {Node} node */
function isTypeOnly(node) {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type')
    return true
  const { specifiers } = node
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false
  return specifiers.every(
    (specifier) => specifier.importKind === 'type' || specifier.exportKind === 'type',
  )
}

/** @param {unknown} literal */
function textOf(literal) {
  const value = isNode(literal) ? literal.value : undefined
  return typeof value === 'string' ? value : undefined
}

/**
 * Calls back with every syntax node in `value`.
 * @param {unknown} value
 * @param {(node: Node) => void} visit
 */
export function walk(value, visit) {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
  } else if (isNode(value)) {
    visit(value)
    for (const child of Object.values(value)) walk(child, visit)
  }
}

/**
 * Whether a value is a syntax node.
 * @param {unknown} value
 * @returns {value is Node}
 */
export function isNode(value) {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  )
}
