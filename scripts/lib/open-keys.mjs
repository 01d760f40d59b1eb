import { parseAst } from 'vite'
import { isNode, walk } from './module-imports.mjs'

/**
 * No object is indexed by text that came from outside: `reactions[emoji]` finds `constructor` and `__proto__` on every
 * object, and what is found there is no list. What has open keys is a Map, or is asked by `own` (protocol/own.ts).
 *
 * Without types, two halves together close it: a type with open keys may be declared only where the wire needs one, so
 * that the compiler refuses open text as an index of anything else; and an index that is not plainly a number is allowed
 * on tables alone, whose keys the compiler knows.
 */

const FOLDERS = /^(protocol|main|preload|renderer|server)\//

/** Where a type with open keys stands for what is JSON on the wire, the environment, or a row of any table. */
const OPEN_TYPES = new Set([
  'protocol/own.ts',
  'protocol/model/primitives.ts',
  'protocol/model/message.ts',
  'protocol/wire/error.ts',
  'main/net/test-support/fake-server.ts',
  'main/store/export-readable.ts',
  'main/app/content-security-policy.ts',
  'renderer/dev/scenarios.ts',
  'server/http/http-api.ts',
  'server/oracle/ask-once.ts',
  'server/oracle/raw-socket.ts',
  'server/oracle/device-log.ts',
  'server/test-support/wire-client.ts',
  'server/test-support/server-process.ts',
])

/** Names of types that are closed: the compiler knows every key. */
const CLOSED_KEYS =
  /^(Op|Method|KnownCode|MessageState|OperationKind|OperationState|OperationInputType|NetworkReason|StorageReason|RowAction|[A-Z])$/

/** Tables with keys that the compiler knows: constants by their case, and these. */
const TABLE = /^[A-Z][A-Z0-9_]*$|^(handlers|readers|writers|routes|api|env|target|reads|current)$/

/** Names that stand for a place in a list. */
const PLACE =
  /^(i|j|n|at|to|next|last|first|index|place|column|position|seq|count|step|waiting|selected|user)$|Index$/

/**
 * Where a source indexes by open text, as "file: what".
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function openKeys(file, text) {
  if (!FOLDERS.test(file) || file.includes('.test.') || file.endsWith('.mjs')) return []
  /** @type {string[]} */
  const found = []
  const say = (
    /** @type {import('./module-imports.mjs').Node} */ node,
    /** @type {string} */ what,
  ) => {
    const line = text.slice(0, Number(node.start)).split('\n').length
    found.push(`${file}:${line}: ${what}: use a Map, or own() of protocol/own.ts`)
  }
  walk(parseAst(text, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }), (node) => {
    if (node.type === 'MemberExpression' && node.computed === true && file !== 'protocol/own.ts') {
      if (!isPlace(node.property) && !TABLE.test(nameOf(node.object))) say(node, 'an open index')
    }
    if (node.type === 'BinaryExpression' && node.operator === 'in') {
      const [left] = [node.left].flatMap((each) => (isNode(each) ? [each] : []))
      if (left?.type !== 'Literal' && left?.type !== 'PrivateIdentifier') say(node, 'an open key')
    }
    if (OPEN_TYPES.has(file)) return
    if (node.type === 'TSIndexSignature') say(node, 'a type with open keys')
    if (node.type === 'TSTypeReference' && nameOf(node.typeName) === 'Record' && isOpen(node)) {
      say(node, 'a type with open keys')
    }
  })
  return found
}

/**
 * Whether an index is plainly a number, or a name that is written there.
 * @param {any} node
 * @returns {boolean}
 */
function isPlace(node) {
  switch (node.type) {
    case 'Literal':
      return true
    case 'Identifier':
      return PLACE.test(node.name)
    case 'MemberExpression':
      return !node.computed && PLACE.test(node.property.name)
    case 'BinaryExpression':
      return node.operator !== '+' || (isPlace(node.left) && isPlace(node.right))
    case 'ConditionalExpression':
      return isPlace(node.consequent) && isPlace(node.alternate)
    case 'CallExpression':
      return ['Math', 'random'].includes(nameOf(node.callee.object))
    default:
      return false
  }
}

/**
 * Whether the compiler does not know the keys of a `Record<K, …>`.
 * @param {any} node
 * @returns {boolean}
 */
function isOpen(node) {
  const [key] = (node.typeArguments ?? node.typeParameters)?.params ?? []
  if (key === undefined) return true
  if (key.type !== 'TSTypeReference') return key.type === 'TSStringKeyword'
  return !CLOSED_KEYS.test(nameOf(key.typeName))
}

/**
 * The last name of an expression, the one of the table in `a.b[c]`.
 * @param {any} node
 * @returns {string}
 */
function nameOf(node) {
  if (node === null || node === undefined) return ''
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression' && !node.computed) return nameOf(node.property)
  if (node.type === 'MemberExpression') return nameOf(node.object)
  if (node.type === 'ParenthesizedExpression' || node.type === 'TSAsExpression') {
    return nameOf(node.expression)
  }
  if (node.type === 'AwaitExpression') return nameOf(node.argument)
  return ''
}
