import { parseAst } from 'vite'
import { isNode, walk } from './module-imports.mjs'

/**
 * A name is text that somebody else chose, and may run in another direction than the sentence around it. In the
 * renderer, and in the views that main makes for it, it stands alone, in a `bdi` (or `Name`), or went through `isolate`
 * or `nameLine` (protocol/model/names.ts).
 */

const FOLDER = /^(?:renderer\/(?!dev\/|testing\/)|main\/engine\/views\/)/

/** What is somebody's name, by how it is called here. */
const NAME = /^(name|displayName|username|handle|authorName)$/

/** Files in which a `name` is one that we gave: of a picture, of a CSS class. */
const OUR_OWN = new Set(['renderer/ui/glyph.tsx'])

/** Elements that hold text of another direction. */
const ISOLATING = /^(bdi|Name)$/

/**
 * Where a source puts a name into other text as it is, as "file: what".
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function bareNames(file, text) {
  if (!FOLDER.test(file) || file.includes('.test.') || OUR_OWN.has(file)) return []
  /** @type {string[]} */
  const found = []
  const say = (/** @type {import('./module-imports.mjs').Node} */ node) => {
    const line = text.slice(0, Number(node.start)).split('\n').length
    found.push(`${file}:${line}: a name in other text: isolate it (protocol/model/names.ts)`)
  }
  walk(parseAst(text, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }), (node) => {
    for (const part of partsOf(node)) if (isBareName(part)) say(part)
  })
  return found
}

/**
 * What a node puts into a text as it is.
 * @param {any} node
 * @returns {import('./module-imports.mjs').Node[]}
 */
function partsOf(node) {
  if (node.type === 'TemplateLiteral') return list(node.expressions)
  if (node.type === 'BinaryExpression' && node.operator === '+')
    return list([node.left, node.right])
  if (node.type === 'CallExpression') return joinedIn(node)
  if (node.type !== 'JSXElement' || ISOLATING.test(tagOf(node))) return []
  const held = node.children.filter(
    (/** @type {any} */ child) => child.type === 'JSXExpressionContainer',
  )
  return list(held.map((/** @type {any} */ child) => child.expression))
}

/** @param {unknown} value */
function list(value) {
  return Array.isArray(value) ? value.filter(isNode) : []
}

/**
 * What `people.map((person) => person.name).join(', ')` puts into a text.
 * @param {any} node
 * @returns {import('./module-imports.mjs').Node[]}
 */
function joinedIn(node) {
  if (methodOf(node) !== 'join') return []
  const mapped = node.callee.object
  return mapped.type === 'CallExpression' && methodOf(mapped) === 'map'
    ? list(mapped.arguments.map((/** @type {any} */ made) => made.body))
    : []
}

/** What makes another name of a name. */
const SHORTENING =
  /^(trim|trimStart|trimEnd|slice|substring|normalize|toString|to(Locale)?(Lower|Upper)Case)$/

/**
 * @param {any} node
 * @returns {boolean}
 */
function isBareName(node) {
  if (node.type === 'ConditionalExpression')
    return isBareName(node.consequent) || isBareName(node.alternate)
  if (node.type === 'LogicalExpression') return isBareName(node.left) || isBareName(node.right)
  if (node.type === 'CallExpression' && SHORTENING.test(methodOf(node)))
    return isBareName(node.callee.object)
  return NAME.test(lastName(node))
}

/**
 * The method that a call is of; empty where it is none.
 * @param {any} node
 * @returns {string}
 */
function methodOf(node) {
  const { callee } = node
  return callee.type === 'MemberExpression' && !callee.computed ? lastName(callee.property) : ''
}

/**
 * @param {any} node
 * @returns {string}
 */
function lastName(node) {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression' && !node.computed) return lastName(node.property)
  if (node.type === 'ChainExpression') return lastName(node.expression)
  return ''
}

/**
 * @param {any} node
 * @returns {string}
 */
function tagOf(node) {
  const { name } = node.openingElement
  return name.type === 'JSXIdentifier' ? name.name : ''
}
