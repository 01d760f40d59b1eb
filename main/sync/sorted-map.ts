/** How two keys compare: below 0 when the first comes first, 0 when they are the same key. */
export type Compare<K> = (a: K, b: K) => number

interface Node<K, V> {
  readonly key: K
  readonly value: V
  readonly left: Node<K, V> | null
  readonly right: Node<K, V> | null
  readonly height: number
  readonly size: number
}

type Tree<K, V> = Node<K, V> | null

/**
 * An immutable map in the order of its keys. A change makes another map in O(log n), which shares all else with the
 * one before: what a pure state machine needs to hold thousands of things and to change one of them.
 */
export class SortedMap<K, V> {
  readonly #compare: Compare<K>
  readonly #root: Tree<K, V>

  private constructor(compare: Compare<K>, root: Tree<K, V>) {
    this.#compare = compare
    this.#root = root
  }

  static empty<K, V>(compare: Compare<K>): SortedMap<K, V> {
    return new SortedMap<K, V>(compare, null)
  }

  get size(): number {
    return this.#root?.size ?? 0
  }

  get(key: K): V | undefined {
    let node = this.#root
    while (node !== null) {
      const order = this.#compare(key, node.key)
      if (order === 0) return node.value
      node = order < 0 ? node.left : node.right
    }
    return undefined
  }

  /** The lowest key; undefined when empty. */
  firstKey(): K | undefined {
    let node = this.#root
    while (node !== null && node.left !== null) node = node.left
    return node?.key
  }

  /** The lowest key above this one; undefined for none. */
  keyAfter(key: K): K | undefined {
    let node = this.#root
    let next: K | undefined
    while (node !== null) {
      const isAbove = this.#compare(node.key, key) > 0
      if (isAbove) next = node.key
      node = isAbove ? node.left : node.right
    }
    return next
  }

  /** The highest key; undefined when empty. */
  lastKey(): K | undefined {
    let node = this.#root
    while (node !== null && node.right !== null) node = node.right
    return node?.key
  }

  /** The map with this value under the key. */
  set(key: K, value: V): SortedMap<K, V> {
    return new SortedMap(this.#compare, inserted(this.#root, key, value, this.#compare))
  }

  /** The map without the key; itself when it has none. */
  delete(key: K): SortedMap<K, V> {
    const root = removed(this.#root, key, this.#compare)
    return root === this.#root ? this : new SortedMap(this.#compare, root)
  }

  /** Keys, lowest first. */
  *keys(): Generator<K, void, undefined> {
    for (const node of ascending(this.#root)) yield node.key
  }

  /** Values, by their keys, lowest first. */
  *values(): Generator<V, void, undefined> {
    for (const node of ascending(this.#root)) yield node.value
  }

  /** Keys, highest first. */
  *keysDown(): Generator<K, void, undefined> {
    for (const node of descending(this.#root)) yield node.key
  }
}

function inserted<K, V>(tree: Tree<K, V>, key: K, value: V, compare: Compare<K>): Node<K, V> {
  if (tree === null) return nodeOf(null, key, value, null)
  const order = compare(key, tree.key)
  if (order < 0) {
    return balanced(inserted(tree.left, key, value, compare), tree.key, tree.value, tree.right)
  }
  if (order > 0) {
    return balanced(tree.left, tree.key, tree.value, inserted(tree.right, key, value, compare))
  }
  return nodeOf(tree.left, key, value, tree.right)
}

function removed<K, V>(tree: Tree<K, V>, key: K, compare: Compare<K>): Tree<K, V> {
  if (tree === null) return null
  const order = compare(key, tree.key)
  if (order < 0) {
    const left = removed(tree.left, key, compare)
    return left === tree.left ? tree : balanced(left, tree.key, tree.value, tree.right)
  }
  if (order > 0) {
    const right = removed(tree.right, key, compare)
    return right === tree.right ? tree : balanced(tree.left, tree.key, tree.value, right)
  }
  if (tree.left === null) return tree.right
  if (tree.right === null) return tree.left
  const [next, right] = withoutFirst(tree.right)
  return balanced(tree.left, next.key, next.value, right)
}

/** The lowest node, and the tree without it. */
function withoutFirst<K, V>(tree: Node<K, V>): [Node<K, V>, Tree<K, V>] {
  if (tree.left === null) return [tree, tree.right]
  const [first, left] = withoutFirst(tree.left)
  return [first, balanced(left, tree.key, tree.value, tree.right)]
}

/** A node of two subtrees whose heights differ by two at most: turned so that they differ by one at most (AVL). */
function balanced<K, V>(left: Tree<K, V>, key: K, value: V, right: Tree<K, V>): Node<K, V> {
  const lean = heightOf(left) - heightOf(right)
  if (lean > 1 && left !== null) {
    if (heightOf(left.left) >= heightOf(left.right) || left.right === null) {
      return nodeOf(left.left, left.key, left.value, nodeOf(left.right, key, value, right))
    }
    const top = left.right
    return nodeOf(
      nodeOf(left.left, left.key, left.value, top.left),
      top.key,
      top.value,
      nodeOf(top.right, key, value, right),
    )
  }
  if (lean < -1 && right !== null) {
    if (heightOf(right.right) >= heightOf(right.left) || right.left === null) {
      return nodeOf(nodeOf(left, key, value, right.left), right.key, right.value, right.right)
    }
    const top = right.left
    return nodeOf(
      nodeOf(left, key, value, top.left),
      top.key,
      top.value,
      nodeOf(top.right, right.key, right.value, right.right),
    )
  }
  return nodeOf(left, key, value, right)
}

function nodeOf<K, V>(left: Tree<K, V>, key: K, value: V, right: Tree<K, V>): Node<K, V> {
  return {
    key,
    value,
    left,
    right,
    height: Math.max(heightOf(left), heightOf(right)) + 1,
    size: (left?.size ?? 0) + (right?.size ?? 0) + 1,
  }
}

function heightOf<K, V>(tree: Tree<K, V>): number {
  return tree?.height ?? 0
}

/** Nodes in order; the stack holds those whose right side is still to come. */
function* ascending<K, V>(root: Tree<K, V>): Generator<Node<K, V>, void, undefined> {
  const stack: Node<K, V>[] = []
  let node = root
  for (;;) {
    while (node !== null) {
      stack.push(node)
      node = node.left
    }
    const next = stack.pop()
    if (next === undefined) return
    yield next
    node = next.right
  }
}

function* descending<K, V>(root: Tree<K, V>): Generator<Node<K, V>, void, undefined> {
  const stack: Node<K, V>[] = []
  let node = root
  for (;;) {
    while (node !== null) {
      stack.push(node)
      node = node.right
    }
    const next = stack.pop()
    if (next === undefined) return
    yield next
    node = next.left
  }
}
