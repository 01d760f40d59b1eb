/**
 * What an object itself holds under a key that came from outside (an emoji, an id, a name). An index would also find
 * what every object inherits: `constructor`, `__proto__`. The only place where an open key may index an object; see
 * scripts/lib/open-keys.mjs.
 */
export function own<V>(table: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
